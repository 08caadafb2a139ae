//! Front matter: what stands between two lines of `---` at the beginning of a file. A small part of YAML, in which
//! every value is text; what does not fit is kept as text rather than refused.

use crate::page::Page;
use hedgerow_model::{FieldName, TemplateKind, Title};
use std::collections::BTreeMap;

/// What front matter says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    pub(super) title: Option<Title>,
    pub(super) template: Option<TemplateKind>,
    pub(super) fields: BTreeMap<FieldName, String>,
}

/// The field that keeps lines that are not `name: value`.
const LEFT_OVER: &str = "front matter";

/// What the file says before its body, and the body. Without a closing line there is no front matter.
pub(super) fn read(text: &str) -> (FrontMatter, &str) {
    let Some((inner, body)) = parts(text) else { return (FrontMatter::default(), text) };
    let mut front = FrontMatter::default();
    let lines: Vec<&str> = inner.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let nested = lines[at..].iter().take_while(|line| belongs(line)).count();
        let nested = trailing_blanks_off(&lines[at..at + nested]);
        at += nested.len();
        match key(line) {
            Some((name, value)) => front.take(&name, value_of(value, nested), line, nested),
            None => front.keep(line, nested),
        }
    }
    (front, body)
}

/// What lies between the two lines, and what follows them.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// Whether a line belongs to the key above it: indented, empty, or an item of a list.
fn belongs(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with([' ', '\t']) || line == "-" || line.starts_with("- ")
}

fn trailing_blanks_off<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let kept = lines.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |last| last + 1);
    &lines[..kept]
}

/// A key and what follows its colon.
fn key(line: &str) -> Option<(String, &str)> {
    if line.starts_with([' ', '\t']) {
        return None;
    }
    if line.starts_with(['"', '\'']) {
        let (name, rest) = quoted(line)?;
        return rest.strip_prefix(':').map(|value| (name, value.trim()));
    }
    let (name, value) = line.split_once(':')?;
    // A colon without a space behind it is part of an address or a time, not the end of a key.
    (value.is_empty() || value.starts_with([' ', '\t'])).then(|| (name.trim().to_owned(), value.trim()))
}

impl FrontMatter {
    fn take(&mut self, name: &str, text: String, line: &str, nested: &[&str]) {
        if name == "title" && self.title.is_none() {
            // One that is too long or holds more than a line is shortened, and kept whole as a field.
            self.title = Title::nearest(&text);
            if self.title.as_ref().is_some_and(|title| title.as_str() == text.trim()) {
                return;
            }
        }
        if name == "template" && self.template.is_none() {
            self.template = TemplateKind::parse(&text).ok();
            if self.template.is_some() {
                return;
            }
        }
        match FieldName::parse(name) {
            Ok(name) => self.add(name, text),
            Err(_) => self.keep(line, nested),
        }
    }

    /// Keeps lines that are no field.
    fn keep(&mut self, line: &str, nested: &[&str]) {
        let Ok(name) = FieldName::parse(LEFT_OVER) else { return };
        let lines: Vec<&str> = std::iter::once(line).chain(nested.iter().copied()).collect();
        self.add(name, lines.join("\n"));
    }

    /// Adds to what a field says already, on a line of its own.
    fn add(&mut self, name: FieldName, text: String) {
        match self.fields.get_mut(&name) {
            Some(before) => {
                before.push('\n');
                before.push_str(&text);
            }
            None => {
                self.fields.insert(name, text);
            }
        }
    }
}

/// The text of a value and the lines under it.
fn value_of(value: &str, nested: &[&str]) -> String {
    if let Some(style) = value.strip_prefix(['|', '>']).filter(|style| style.len() <= 2 && is_block_style(style)) {
        return block(nested, value.starts_with('>'), style);
    }
    if nested.is_empty() {
        return scalar(value);
    }
    if value.is_empty()
        && let Some(items) = list(nested)
    {
        return joined(&items);
    }
    let joined_value: String =
        std::iter::once(value).chain(nested.iter().map(|line| line.trim())).collect::<Vec<_>>().join(" ");
    if value.starts_with(['"', '\'', '[']) {
        return scalar(&joined_value);
    }
    if value.is_empty() { undented(nested).join("\n") } else { joined_value }
}

fn is_block_style(style: &str) -> bool {
    style.chars().all(|c| matches!(c, '-' | '+') || c.is_ascii_digit())
}

/// The items of a simple list; `None` when an item holds more than text.
fn list(lines: &[&str]) -> Option<Vec<String>> {
    let items: Option<Vec<&str>> = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.trim().strip_prefix('-').filter(|item| item.is_empty() || item.starts_with([' ', '\t'])))
        .collect();
    items?.into_iter().map(|item| if key(item.trim()).is_some() { None } else { Some(scalar(item.trim())) }).collect()
}

/// A list as text: by commas where that can be told apart again, otherwise by lines.
fn joined(items: &[String]) -> String {
    let plain = items.iter().all(|item| !item.contains([',', '\n']));
    items.join(if plain { ", " } else { "\n" })
}

/// A value on one line.
fn scalar(value: &str) -> String {
    if let Some((text, "")) = quoted(value) {
        return text;
    }
    if let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
        && let Some(items) = flow(inner)
    {
        return joined(&items);
    }
    value.to_owned()
}

/// The items between brackets; `None` when there are brackets within, or a quotation mark out of place.
fn flow(inner: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = inner.trim();
    if rest.is_empty() {
        return Some(items);
    }
    loop {
        let after = if rest.starts_with(['"', '\'']) {
            let (item, after) = quoted(rest)?;
            items.push(item);
            after
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let item = rest[..end].trim();
            if item.contains(['[', ']', '{', '}', '"']) {
                return None;
            }
            items.push(item.to_owned());
            &rest[end..]
        };
        match after.trim_start().strip_prefix(',') {
            Some(next) => rest = next.trim_start(),
            None if after.trim().is_empty() => return Some(items),
            None => return None,
        }
    }
}

/// The text between quotation marks at the beginning, and what follows them, trimmed.
fn quoted(value: &str) -> Option<(String, &str)> {
    let mark = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut out = String::new();
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if mark == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                out.push('\'');
            }
            c if c == mark => return Some((out, value[at + 1..].trim())),
            '\\' if mark == '"' => unescape(&mut chars, &mut out),
            c => out.push(c),
        }
    }
    None
}

fn unescape(chars: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>, out: &mut String) {
    let Some((_, c)) = chars.next() else { return };
    let digits = match c {
        'n' => return out.push('\n'),
        't' => return out.push('\t'),
        '"' | '\\' | '/' | ' ' => return out.push(c),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        c => {
            out.push('\\');
            return out.push(c);
        }
    };
    let code: String =
        std::iter::from_fn(|| chars.next_if(|(_, c)| c.is_ascii_hexdigit())).take(digits).map(|(_, c)| c).collect();
    out.push(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'));
}

/// The lines of a block value; folded ones become one line a paragraph.
fn block(lines: &[&str], folded: bool, style: &str) -> String {
    let lines = match style.chars().find_map(|c| c.to_digit(10)) {
        Some(indent) => lines.iter().map(|line| strip(line, indent as usize)).collect(),
        None => undented(lines),
    };
    if !folded {
        return lines.join("\n");
    }
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        let after_text = index > 0 && !lines[index - 1].is_empty();
        match (line.is_empty(), after_text) {
            (true, _) => out.push('\n'),
            (false, true) => out.push_str(&format!(" {line}")),
            (false, false) => out.push_str(line),
        }
    }
    out
}

/// Without the white space that all lines begin with.
fn undented<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let indent = |line: &&&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    lines.iter().map(|line| strip(line, common)).collect()
}

/// Without up to `count` characters of white space at the beginning.
fn strip(line: &str, count: usize) -> &str {
    let white = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[white.min(count)..]
}

/// The title, the template where it says something, and the fields.
pub(super) fn write(page: &Page, out: &mut String) {
    out.push_str("---\n");
    entry("title", page.title.as_str(), out);
    let clash = page.fields.keys().any(|name| name.as_str() == "template");
    if page.template != TemplateKind::note() || clash {
        entry("template", page.template.as_str(), out);
    }
    for (name, text) in &page.fields {
        entry(name.as_str(), text, out);
    }
    out.push_str("---\n");
}

fn entry(name: &str, text: &str, out: &mut String) {
    let plain_name = name.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.'));
    if plain_name {
        out.push_str(name);
    } else {
        quote(name, out);
    }
    out.push(':');
    if is_block(text) {
        out.push_str(" |-\n");
        for line in text.split('\n') {
            out.push_str(if line.is_empty() { "" } else { "  " });
            out.push_str(line);
            out.push('\n');
        }
        return;
    }
    if !text.is_empty() {
        out.push(' ');
        if is_plain(text) { out.push_str(text) } else { quote(text, out) }
    }
    out.push('\n');
}

/// Whether text of several lines can stand under its key as it is.
fn is_block(text: &str) -> bool {
    let solid = |line: &str| !line.is_empty() && !line.starts_with([' ', '\t']);
    let lines: Vec<&str> = text.split('\n').collect();
    lines.len() > 1
        && lines.first().is_some_and(|line| solid(line))
        && lines.last().is_some_and(|line| solid(line))
        && lines.iter().all(|line| line.trim_end() == *line && !line.chars().any(breaks_a_line))
}

/// Whether text can stand behind its key without quotation marks, for us and for other readers of YAML.
fn is_plain(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '.' | '/' | '_'));
    first
        && text.trim() == text
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.chars().any(|c| c.is_control() || breaks_a_line(c))
}

fn breaks_a_line(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') || (c.is_whitespace() && !matches!(c, ' ' | '\n'))
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if breaks_a_line(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let (front, body) = read(text);
        let mut out =
            format!("title {:?}, template {:?}\n", front.title.map(String::from), front.template.map(String::from));
        for (name, text) in front.fields {
            out.push_str(&format!("{name}={text:?}\n"));
        }
        out.push_str(&format!("body {body:?}"));
        expected.assert_eq(&out);
    }

    #[test]
    fn simple_values_lists_and_quotes() {
        check(
            "---\ntitle: \"A \\\"quoted\\\" title\"\ntags:\n- un\n - dau\nwhere: ['Gwynedd', Môn]\nempty:\ndate: 2015-01-13\nurl: http://x/y:z\n---\nbody",
            expect![[r#"
                title Some("A \"quoted\" title"), template None
                date="2015-01-13"
                empty=""
                tags="un, dau"
                url="http://x/y:z"
                where="Gwynedd, Môn"
                body "body""#]],
        );
    }

    #[test]
    fn what_is_nested_or_odd_is_kept_as_text() {
        check(
            "---\nimage:\n  path: a.png\n  alt: A cat\nnot a field\ntext: |\n  one\n\n    two\n---\n",
            expect![[r#"
                title None, template None
                front matter="not a field"
                image="path: a.png\nalt: A cat"
                text="one\n\n  two"
                body """#]],
        );
    }

    #[test]
    fn without_a_closing_line_there_is_none() {
        check(
            "---\na: b\n",
            expect![[r#"
            title None, template None
            body "---\na: b\n""#]],
        );
    }

    #[test]
    fn a_title_that_does_not_fit_is_kept_whole_as_a_field() {
        let (front, _) = read(&format!("---\ntitle: {}\n---\n", "x".repeat(300)));
        assert_eq!(front.title.map(|title| title.as_str().len()), Some(200));
        assert_eq!(front.fields.into_values().map(|text| text.len()).collect::<Vec<_>>(), [300]);
    }
}
