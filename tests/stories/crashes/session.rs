//! A day of commands, each of which may end in the middle.

use hedgerow_tests::Device;
use std::fmt::Write;

/// One command, and the folder it is given in.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    words: Vec<String>,
    pub(crate) input: String,
    /// Whether it puts a checkpoint in the place of many records.
    pub(crate) tidies: bool,
    /// The folder before it.
    place: Device,
    /// What is seen before it and after.
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

/// How far a command has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    NotBegun,
    Done,
}

impl Step {
    pub(crate) fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// A folder to give the command in: as it is after a copy, of which Hedgerow makes sure that it numbers nothing twice;
    /// or settled, as it is from day to day.
    pub(crate) fn place(&self, settled: bool) -> Device {
        let place = self.place.copied();
        if settled && !self.before.is_empty() {
            // Says what was said before, and saves it.
            place.text(&["profile", "set", "--name", "Ada"]);
        }
        place
    }

    pub(crate) fn stage_of(&self, seen: &[String]) -> Option<Stage> {
        // In an empty folder the first look makes the keys.
        if seen == self.after {
            return Some(Stage::Done);
        }
        let nobody = ["I am null, null".to_owned()];
        let is_before = seen == self.before || (self.before.is_empty() && seen == nobody);
        is_before.then_some(Stage::NotBegun)
    }
}

/// A day that is written down while it is lived.
struct Day {
    ada: Device,
    steps: Vec<Step>,
}

impl Day {
    fn step(&mut self, name: &'static str, words: &[&str], input: &str) -> String {
        let place = self.ada.copied();
        let before = match self.steps.last() {
            None => Vec::new(),
            Some(_) => self.ada.seen(),
        };
        let answer = self.ada.run_with(&[&["--json"], words].concat(), input.as_bytes()).text();
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.steps.push(Step {
            name,
            words,
            input: input.to_owned(),
            tidies: false,
            place,
            before,
            after: self.ada.seen(),
        });
        let line: serde_json::Value = serde_json::from_str(answer.lines().next().unwrap_or("null")).expect("JSON");
        line["id"].as_str().unwrap_or_default().to_owned()
    }
}

/// Every kind of command that saves something, on one device.
pub(crate) fn of_one_day() -> Vec<Step> {
    let mut day = Day { ada: Device::new("Ada"), steps: Vec::new() };
    day.step("the first command", &["init", "--name", "Ada"], "");
    let rota = day.step("a new notebook", &["notebook", "new", "Flood rota"], "");
    let short = day.step(
        "a new page",
        &["page", "new", &rota, "--title", "Night cover", "--file", "-"],
        "Gwen has the keys.\n",
    );
    let long = long_text(1, 30_000);
    let log =
        day.step("a page with a file of its own", &["page", "new", &rota, "--title", "Log", "--file", "-"], &long);
    day.step("an addition", &["page", "append", &short], "The depot opens at six.\n");
    day.step("a long addition", &["page", "append", &log], &long_text(2, 30_000));
    day.step("a replacement", &["page", "replace", &short], "All of it is new.\n");
    day.step("another title", &["page", "rename", &short, "Night and weekend cover"], "");
    let first = day.step("the first thought", &["capture", "Lock Lane drain is blocked"], "");
    day.step("another thought", &["capture", "Ring the depot"], "");
    day.step("a thought that is filed", &["inbox", "file", &first, &rota], "");
    day.step("a link", &["invite", &rota, "--role", "reader"], "");
    day.step("who she is", &["profile", "set", "--name", "Ada", "--job", "Head of service"], "");
    day.step("a page that goes", &["page", "delete", &log], "");
    let busy = day.ada.page(&rota, "Rounds", "Round 0.\n");
    let node = day.ada.serve(&[]);
    for round in 1..96 {
        day.ada.append(&busy, &format!("Round {round}.\n"));
    }
    node.stop();
    day.step("a change that is one too many for its page", &["page", "append", &busy], "Round 96.\n");
    if let Some(last) = day.steps.last_mut() {
        last.tidies = true;
    }
    day.steps
}

/// Text that does not shrink when it is packed.
pub(crate) fn long_text(seed: u64, length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::with_capacity(length);
    while text.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        write!(text, "{} ", data_encoding::BASE32_NOPAD.encode(&state.to_be_bytes())).expect("a String takes it");
    }
    text + "\n"
}
