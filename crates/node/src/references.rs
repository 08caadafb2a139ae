//! What people type to name something: an id, the beginning of one, or a name.

use crate::fault::NodeFault;
use hedgerow_model::{IdPrefix, PersonId};

/// The most candidates that an error names.
const NAMED: usize = 4;

/// Reads the beginning of an id.
///
/// # Errors
/// [`NodeFault::NotFound`] when it cannot be one: nothing is called so.
pub(crate) fn prefix(what: &str, raw: &str) -> Result<IdPrefix, NodeFault> {
    IdPrefix::parse(raw).map_err(|problem| NodeFault::NotFound(format!("no such {what}: {problem}")))
}

/// The one thing among `found`.
///
/// # Errors
/// [`NodeFault::NotFound`] when there is none, [`NodeFault::Ambiguous`] when there are several.
pub(crate) fn only<I>(what: &str, raw: &str, found: Vec<I>, id: impl Fn(&I) -> String) -> Result<I, NodeFault> {
    let mut found = found;
    if found.len() > 1 {
        let named: Vec<String> = found.iter().take(NAMED).map(&id).collect();
        let more = if found.len() > NAMED { ", ..." } else { "" };
        let beginning = shown(raw);
        return Err(NodeFault::Ambiguous(format!(
            "\"{beginning}\" could be more than one {what} ({}{more}); give more of the id",
            named.join(", ")
        )));
    }
    found.pop().ok_or_else(|| NodeFault::NotFound(format!("there is no {what} {} here; {}", shown(raw), lists(what))))
}

/// Where such things are listed.
fn lists(what: &str) -> &'static str {
    match what {
        "notebook" => "`notebook list` shows those that are",
        "page" => "`page list` shows the pages of a notebook",
        "version" => "`page history` shows those that are",
        "capture" => "`inbox list` shows those that wait",
        "attachment" => "`page attachments` shows those of a page",
        "action" | "outcome" | "action or outcome" => "`plan show --deleted` shows those of a plan",
        "invitation" => "`invitation list` shows those of a notebook",
        _ => "`notebook members` shows who is",
    }
}

/// A person among those known: by id, beginning of an id, or name. A name is compared as it is first, then without
/// regard to capitals.
///
/// # Errors
/// As for [`only`].
pub(crate) fn person(raw: &str, known: &[(PersonId, Option<String>)]) -> Result<PersonId, NodeFault> {
    let typed = raw.trim();
    let called = |same: &dyn Fn(&str) -> bool| -> Vec<PersonId> {
        known.iter().filter(|(_, name)| name.as_deref().is_some_and(same)).map(|(id, _)| *id).collect()
    };
    let lower = typed.to_lowercase();
    let mut found = called(&|name| name == typed);
    if found.is_empty() {
        found = called(&|name| name.to_lowercase() == lower);
    }
    if found.is_empty()
        && let Ok(prefix) = IdPrefix::parse(typed)
    {
        found = known.iter().filter(|(id, _)| id.starts_with(&prefix)).map(|(id, _)| *id).collect();
    }
    if found.len() > 1 && known.iter().filter(|(id, _)| found.contains(id)).all(|(_, name)| name.is_some()) {
        let ids: Vec<String> = found.iter().take(NAMED).map(ToString::to_string).collect();
        let several = format!("\"{}\" could be {}; give the id", shown(raw), ids.join(" or "));
        return Err(NodeFault::Ambiguous(several));
    }
    only("person", raw, found, ToString::to_string)
}

/// At most 60 characters of what was typed, on one line.
pub(crate) fn shown(raw: &str) -> String {
    raw.trim().chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: PersonId = PersonId::from_bytes([0xab; 32]);
    const BO: PersonId = PersonId::from_bytes([0xbb; 32]);
    const CY: PersonId = PersonId::from_bytes([0xab; 32]);

    fn known() -> Vec<(PersonId, Option<String>)> {
        vec![(ADA, Some("Ada".to_owned())), (BO, Some("Bo".to_owned()))]
    }

    #[test]
    fn bo_is_found_by_name_and_by_six_digits() {
        for typed in ["Bo", "bo", " BO ", "bbbbbb", "BBBBBBBB"] {
            assert_eq!(person(typed, &known()), Ok(BO), "{typed}");
        }
    }

    #[test]
    fn nobody_and_two_of_a_name_are_told_apart() {
        assert!(matches!(person("Dee", &known()), Err(NodeFault::NotFound(_))));
        assert!(matches!(person("bbb", &known()), Err(NodeFault::NotFound(_))), "three digits name nobody");
        let two = vec![(ADA, Some("Ada".to_owned())), (BO, Some("Ada".to_owned()))];
        let Err(NodeFault::Ambiguous(words)) = person("Ada", &two) else { panic!("two of a name") };
        assert!(words.contains(&ADA.to_string()) && words.contains(&BO.to_string()), "{words}");
        assert_eq!(person("bbbbbb", &two), Ok(BO), "the id says which");
    }

    #[test]
    fn a_beginning_that_fits_two_pages_names_both() {
        let found = vec![ADA, CY, BO];
        let Err(NodeFault::Ambiguous(words)) = only("page", "abab\u{7}ab", found, ToString::to_string) else {
            panic!("three are not one")
        };
        assert!(words.starts_with("\"ababab\" could be more than one page ("), "{words}");
        assert!(matches!(prefix("page", "xyz"), Err(NodeFault::NotFound(_))));
    }
}
