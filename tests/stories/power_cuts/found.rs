//! What the program finds in a folder after the power came back.

use super::desk::Page;
use hedgerow_tests::Device;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// What is saved after the power came back.
const GOES_ON: &str = "The power is back";

/// Opens the folder with the real program, and reads all there is in it, in the ledger's words. What went wrong, if the
/// program does not open it, is not content with it, or does not go on from there.
pub(super) fn found(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let ada = Device::at("Ada", folder);
    content(&ada, &["verify"])?;
    content(&ada, &["capture", GOES_ON])?;
    let mut facts = in_canonical_form(&content(&ada, &["export", "--canonical", "--all"])?);
    let (new, old): (Vec<Value>, Vec<Value>) = objects(&content(&ada, &["--json", "inbox", "list"])?)
        .into_iter()
        .partition(|capture| capture["text"] == GOES_ON);
    if new.len() != 1 {
        return Err(format!("what was saved after the power came back is there {} times", new.len()));
    }
    for capture in old {
        facts.insert(format!("capture {}", text(&capture, "id")), text(&capture, "text"));
    }
    let her = &objects(&content(&ada, &["--json", "whoami"])?)[0];
    if let Some(name) = her["name"].as_str() {
        facts.insert("her name".to_owned(), name.to_owned());
    }
    let notebooks: Vec<String> =
        facts.keys().filter_map(|about| about.strip_prefix("notebook ")).map(str::to_owned).collect();
    for notebook in notebooks {
        for line in objects(&content(&ada, &["--json", "invitation", "list", &notebook])?) {
            facts.insert(format!("invitation {}", text(&line, "invitation")), text(&line, "state"));
        }
    }
    Ok(facts)
}

/// Gives a command that must succeed and have nothing to remark; what it printed.
fn content(ada: &Device, words: &[&str]) -> Result<String, String> {
    let answer = ada.run(words);
    if answer.code != Some(0) || !answer.stderr.is_empty() {
        let said = String::from_utf8_lossy(&answer.stdout);
        return Err(format!("{}: {:?}: {}{said}", words.join(" "), answer.code, answer.stderr));
    }
    Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_else(|| panic!("no text \"{field}\" in {object}")).to_owned()
}

/// Notebooks, members and pages. Lines are a word and JSON values; ids and members stand without quotes.
fn in_canonical_form(form: &str) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let (mut notebook, mut page) = (String::new(), None::<(String, Page, Vec<String>)>);
    let finished = |page: Option<(String, Page, Vec<String>)>, facts: &mut BTreeMap<_, _>| {
        if let Some((id, mut page, blocks)) = page {
            page.body = blocks.join("\n");
            facts.insert(format!("page {id}"), page.text());
        }
    };
    for line in form.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let values: Vec<Value> = serde_json::Deserializer::from_str(rest).into_iter().map_while(Result::ok).collect();
        let first = values.first().and_then(Value::as_str).unwrap_or_default();
        match (word, &mut page) {
            ("notebook", _) if !rest.starts_with('"') => {
                finished(page.take(), &mut facts);
                notebook = rest.to_owned();
            }
            ("page", _) if !rest.starts_with('"') => {
                finished(page.replace((rest.to_owned(), Page::default(), Vec::new())), &mut facts);
            }
            ("title", Some((_, page, _))) => page.title = first.to_owned(),
            ("field", Some((_, page, _))) => {
                let says = values.get(1).and_then(Value::as_str).unwrap_or_default();
                page.fields.insert(first.to_owned(), says.to_owned());
            }
            ("block", Some((_, _, blocks))) => blocks.push(text(&values[0], "text")),
            ("title", None) => {
                facts.insert(format!("notebook {notebook}"), first.to_owned());
            }
            ("member", None) => {
                let mut words = rest.splitn(3, ' ');
                let mut next = || words.next().unwrap_or_default().to_owned();
                let (person, role, name) = (next(), next(), next());
                facts.insert(format!("member {person} of {notebook}"), role);
                if !name.is_empty() {
                    facts.insert(format!("name of {person} in {notebook}"), name);
                }
            }
            _ => {}
        }
    }
    finished(page.take(), &mut facts);
    facts
}
