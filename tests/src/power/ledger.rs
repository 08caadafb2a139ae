//! What somebody was told, and what must therefore be there.

use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// A thing that was said to be so, from then on, until something else is said of the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// Of what.
    about: String,
    /// What; nothing when it is gone.
    says: Option<String>,
    /// The length of the log when it was asked for.
    begun: usize,
    /// The event of the log with which it was acknowledged.
    told: usize,
}

/// What was acknowledged, each with its place in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger(Vec<Line>);

impl Ledger {
    /// Notes that `about` says `says` (nothing: it is gone). It was asked for when the log was as long as where `answered`
    /// begins, and acknowledged by the event where that ends.
    pub fn note(&mut self, about: &str, says: Option<&str>, answered: &Range<usize>) {
        let (begun, told) = (answered.start, answered.end);
        self.0.push(Line { about: about.to_owned(), says: says.map(str::to_owned), begun, told });
    }

    /// The stretches of the log from an asking to its answer, each once.
    pub fn answered(&self) -> Vec<Range<usize>> {
        let all: BTreeSet<_> = self.0.iter().map(|line| (line.begun, line.told)).collect();
        all.into_iter().map(|(begun, told)| begun..told).collect()
    }

    /// What is wrong with `found`, after a cut when so many events had happened. Of each thing it must say what was
    /// acknowledged last, or something that was asked for by then and not yet acknowledged.
    pub fn contradictions(&self, found: &BTreeMap<String, String>, events: usize) -> Vec<String> {
        let mut may_say: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
        for line in &self.0 {
            let allowed = may_say.entry(&line.about).or_insert_with(|| vec![None]);
            if line.told < events {
                *allowed = vec![line.says.as_deref()];
            } else if line.begun < events {
                allowed.push(line.says.as_deref());
            }
        }
        for about in found.keys() {
            may_say.entry(about).or_insert_with(|| vec![None]);
        }
        let wrong = |(about, allowed): (&str, Vec<Option<&str>>)| {
            let says = found.get(about).map(String::as_str);
            (!allowed.contains(&says)).then(|| {
                let allowed: Vec<String> = allowed.iter().map(in_short).collect();
                format!("{about}: says {}, and must say {}", in_short(&says), allowed.join(" or "))
            })
        };
        may_say.into_iter().filter_map(wrong).collect()
    }
}

/// Enough to know it again.
fn in_short(says: &Option<&str>) -> String {
    match says {
        None => "nothing".to_owned(),
        Some(text) if text.len() <= 300 => format!("{text:?}"),
        Some(text) => format!("{:?} and so on, {} bytes", text.chars().take(200).collect::<String>(), text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(facts: &[(&str, &str)]) -> BTreeMap<String, String> {
        facts.iter().map(|(about, says)| ((*about).to_owned(), (*says).to_owned())).collect()
    }

    #[test]
    fn the_last_acknowledged_or_what_was_on_its_way_may_be_there_and_nothing_else() {
        let mut ledger = Ledger::default();
        ledger.note("page", Some("one"), &(10..20));
        ledger.note("page", Some("two"), &(30..40));
        ledger.note("page", None, &(50..60));
        let holds = |events, facts: &[(&str, &str)]| ledger.contradictions(&found(facts), events).is_empty();
        assert!(holds(5, &[]) && !holds(5, &[("page", "one")]), "before it was asked for");
        assert!(holds(15, &[]) && holds(15, &[("page", "one")]), "on its way");
        assert!(holds(20, &[]), "the answer itself did not get out");
        assert!(!holds(21, &[]) && holds(21, &[("page", "one")]), "acknowledged");
        assert!(holds(35, &[("page", "one")]) && holds(35, &[("page", "two")]) && !holds(35, &[]));
        assert!(!holds(45, &[("page", "one")]), "an older state came back");
        assert!(holds(61, &[]) && !holds(61, &[("page", "two")]), "what was deleted came back");
        assert!(!holds(61, &[("another", "page")]), "something that nobody wrote");
    }
}
