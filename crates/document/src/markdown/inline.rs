//! Marked text as CommonMark, so that it reads back as the same text with the same marks.
//!
//! Strong is `**`, emphasis `_`: two different characters, so that where one ends and the other begins is never in
//! doubt. Whether a delimiter may open or close depends on the characters beside it; where they would not let it, they
//! are written as character references, which count as punctuation.

use crate::body::{Block, Mark, MarkKind};
use std::collections::BTreeSet;

/// The text of a paragraph, with its marks; a line break is a backslash at the end of a line.
pub(super) fn paragraph(block: &Block) -> String {
    Line::of(&block.text, &block.marks, Place::Paragraph).written()
}

/// The text of a heading, with its marks, on one line.
pub(super) fn heading(block: &Block) -> String {
    Line::of(&block.text, &block.marks, Place::Heading).written()
}

/// Plain text on one line, as a heading.
pub(super) fn plain(text: &str) -> String {
    Line::of(text, &[], Place::Heading).written()
}

/// What stands behind a fence.
pub(super) fn info(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '`' => reference(c, &mut out),
            c if c.is_whitespace() && c != ' ' => reference(c, &mut out),
            c => out.push(c),
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    Heading,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A character; whether it is written as a reference.
    Char(char, bool),
    /// The end of a line within a paragraph.
    Break,
    /// `**` or `_`.
    Open(Delimiter),
    Close(Delimiter),
    OpenLink,
    CloseLink(String),
    Code(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    Strong,
    Em,
}

/// What a neighbour is to a delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Punctuation,
    Letter,
    /// A character that parsers may class either way.
    Odd,
}

struct Line {
    tokens: Vec<Token>,
    place: Place,
    /// The whole text is one no-break space: written otherwise than an empty paragraph is.
    only_no_break_space: bool,
}

impl Line {
    fn of(text: &str, marks: &[Mark], place: Place) -> Line {
        let chars: Vec<char> = text.chars().collect();
        let mut line = Line { tokens: tokens(&chars, marks), place, only_no_break_space: text == "\u{a0}" };
        line.break_lines();
        line.guard_edges();
        while line.guard_delimiters() {}
        line
    }

    /// Line breaks between two things that are written on their lines become ends of lines; others stay characters.
    fn break_lines(&mut self) {
        if self.place == Place::Heading {
            return;
        }
        let solid = |token: Option<&Token>| match token {
            Some(Token::Char(c, _)) => !c.is_whitespace(),
            Some(Token::Code(_)) => true,
            _ => false,
        };
        for at in 1..self.tokens.len() {
            if self.tokens[at] == Token::Char('\n', false)
                && solid(self.tokens.get(at - 1))
                && solid(self.tokens.get(at + 1))
            {
                self.tokens[at] = Token::Break;
            }
        }
    }

    /// Spaces where a line begins or ends would be dropped; other white space may be.
    fn guard_edges(&mut self) {
        let last = self.tokens.len().saturating_sub(1);
        for at in 0..self.tokens.len() {
            let edge = at == 0
                || at == last
                || matches!(self.tokens[at - 1], Token::Break)
                || matches!(self.tokens.get(at + 1), Some(Token::Break));
            if let Token::Char(c, written) = &mut self.tokens[at] {
                let always = (c.is_whitespace() && *c != ' ') || matches!(c, '`' | '\u{feff}');
                *written |= always || (edge && *c == ' ');
            }
        }
    }

    /// Writes neighbours of delimiters as references where the delimiters would not work otherwise. Says whether
    /// anything changed, for one neighbour can stand between two delimiters.
    fn guard_delimiters(&mut self) -> bool {
        let mut changed = false;
        for at in 0..self.tokens.len() {
            let (inside, outside, delimiter) = match self.tokens[at] {
                Token::Open(delimiter) => (at.checked_add(1), at.checked_sub(1), delimiter),
                Token::Close(delimiter) => (at.checked_sub(1), at.checked_add(1), delimiter),
                _ => continue,
            };
            let within = self.class(inside);
            if matches!(within, Class::Space | Class::Odd) {
                changed |= self.refer(inside);
            }
            let hard = self.class(inside) != Class::Letter || delimiter == Delimiter::Em;
            if hard && matches!(self.class(outside), Class::Letter | Class::Odd) {
                changed |= self.refer(outside);
            }
        }
        changed
    }

    fn refer(&mut self, at: Option<usize>) -> bool {
        match at.and_then(|at| self.tokens.get_mut(at)) {
            Some(Token::Char(_, written)) if !*written => {
                *written = true;
                true
            }
            _ => false,
        }
    }

    fn class(&self, at: Option<usize>) -> Class {
        match at.and_then(|at| self.tokens.get(at)) {
            None | Some(Token::Char(' ', false)) => Class::Space,
            Some(Token::Char(_, true)) => Class::Punctuation,
            Some(Token::Char(c, false)) if c.is_ascii_punctuation() => Class::Punctuation,
            Some(Token::Char(c, false)) if c.is_alphanumeric() => Class::Letter,
            Some(Token::Char(..)) => Class::Odd,
            // A line break is a backslash on one side and white space on the other: as good as punctuation on both.
            Some(_) => Class::Punctuation,
        }
    }

    fn written(&self) -> String {
        let mut out = String::new();
        let starts = self.escapes_at_line_starts();
        let lines = self.tokens.iter().any(|token| matches!(token, Token::Break));
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Char(c, true) if *c == '\u{a0}' && !self.only_no_break_space => out.push_str("&nbsp;"),
                Token::Char(c, true) => reference(*c, &mut out),
                Token::Char(c, false) => {
                    if starts.contains(&at) || self.is_special(at, *c, lines) {
                        escape(*c, &mut out);
                    } else {
                        out.push(*c);
                    }
                }
                Token::Break => out.push_str("\\\n"),
                Token::Open(delimiter) | Token::Close(delimiter) => {
                    out.push_str(if *delimiter == Delimiter::Strong { "**" } else { "_" });
                }
                Token::OpenLink => out.push('['),
                Token::CloseLink(to) => {
                    out.push_str("](");
                    address(to, &mut out);
                    out.push(')');
                }
                Token::Code(text) => code(text, &mut out),
            }
        }
        out
    }

    /// Whether a character means something to Markdown where it stands, wherever that is in the line.
    fn is_special(&self, at: usize, c: char, lines: bool) -> bool {
        let next = self.tokens.get(at + 1);
        match c {
            '\\' | '*' | '[' | ']' | '<' => true,
            '_' => !self.is_within_word(at),
            '&' => !matches!(next, Some(Token::Char(c, false)) if !c.is_alphanumeric() && *c != '#'),
            '!' => matches!(next, Some(Token::OpenLink)),
            '|' => lines,
            '#' => self.place == Place::Heading,
            _ => false,
        }
    }

    /// Whether two letters that are written as they are stand on each side.
    fn is_within_word(&self, at: usize) -> bool {
        let letter = |at: Option<usize>| matches!(at.and_then(|at| self.tokens.get(at)), Some(Token::Char(c, false)) if c.is_alphanumeric());
        letter(at.checked_sub(1)) && letter(Some(at + 1))
    }

    /// The places at which a line would begin something else than text.
    fn escapes_at_line_starts(&self) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        if self.place == Place::Heading {
            return out;
        }
        let breaks = self.tokens.iter().enumerate().filter(|(_, token)| matches!(token, Token::Break));
        for start in std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)) {
            out.extend(self.escape_at(start));
        }
        out
    }

    fn escape_at(&self, start: usize) -> Option<usize> {
        let char_at = |at: usize| match self.tokens.get(at) {
            Some(Token::Char(c, false)) => Some(*c),
            _ => None,
        };
        let ends = |at: usize| matches!(char_at(at), None | Some(' '));
        let first = char_at(start)?;
        let run = (start..).take_while(|at| char_at(*at) == Some(first)).count();
        let digits = (start..).take_while(|at| char_at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let special = match first {
            '>' | '=' | '|' => true,
            ':' | '-' | '+' => ends(start + 1) || matches!(char_at(start + 1), Some('-' | '+' | '|' | ':')),
            '~' => run >= 3,
            '#' => run <= 6 && ends(start + run),
            _ => false,
        };
        let numbered = digits > 0 && matches!(char_at(start + digits), Some('.' | ')')) && ends(start + digits + 1);
        match (special, numbered) {
            (true, _) => Some(start),
            (_, true) => Some(start + digits),
            _ => None,
        }
    }
}

/// Characters and where marks open and close; what lasts longest opens first. The marks are in normal form: sorted,
/// and at most one of a kind at any character.
fn tokens(chars: &[char], marks: &[Mark]) -> Vec<Token> {
    let (code, others): (Vec<&Mark>, Vec<&Mark>) = marks.iter().partition(|mark| mark.kind == MarkKind::Code);
    let mut code = code.into_iter().peekable();
    let mut walk = Walk { others: others.into_iter().peekable(), open: Vec::new(), tokens: Vec::new() };
    let mut at = 0;
    while at < chars.len() {
        walk.reopen(at);
        while code.next_if(|span| span.to <= at).is_some() {}
        match code.peek().filter(|span| span.from <= at) {
            Some(span) => {
                // Up to where the code ends, or another mark begins or ends within it.
                let end = walk.next_edge().map_or(span.to, |edge| edge.min(span.to));
                walk.tokens.push(Token::Code(chars[at..end].iter().collect()));
                at = end;
            }
            None => {
                walk.tokens.push(Token::Char(chars[at], false));
                at += 1;
            }
        }
    }
    walk.reopen(at);
    walk.tokens
}

struct Walk<'a, I: Iterator<Item = &'a Mark>> {
    others: std::iter::Peekable<I>,
    open: Vec<&'a Mark>,
    tokens: Vec<Token>,
}

impl<'a, I: Iterator<Item = &'a Mark>> Walk<'a, I> {
    /// Where the next mark begins or the next open one ends.
    fn next_edge(&mut self) -> Option<usize> {
        let ends = self.open.iter().map(|mark| mark.to).min();
        self.others.peek().map(|mark| mark.from).into_iter().chain(ends).min()
    }

    /// Closes what ends at `at`, with what is open inside it, and opens that again with what begins here.
    fn reopen(&mut self, at: usize) {
        let mut to_open: Vec<&Mark> = std::iter::from_fn(|| self.others.next_if(|mark| mark.from <= at)).collect();
        let keep = self.open.iter().position(|mark| mark.to <= at).unwrap_or(self.open.len());
        for mark in self.open.split_off(keep).into_iter().rev() {
            self.tokens.push(match &mark.kind {
                MarkKind::Strong => Token::Close(Delimiter::Strong),
                MarkKind::Link(to) => Token::CloseLink(to.clone()),
                _ => Token::Close(Delimiter::Em),
            });
            if mark.to > at {
                to_open.push(mark);
            }
        }
        to_open.sort_by_key(|mark| (std::cmp::Reverse(mark.to), &mark.kind));
        for mark in to_open {
            self.tokens.push(match mark.kind {
                MarkKind::Strong => Token::Open(Delimiter::Strong),
                MarkKind::Link(_) => Token::OpenLink,
                _ => Token::Open(Delimiter::Em),
            });
            self.open.push(mark);
        }
    }
}

fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        c => {
            out.push('\\');
            out.push(c);
        }
    }
}

fn reference(c: char, out: &mut String) {
    out.push_str(&format!("&#{};", u32::from(c)));
}

/// A code span: its fence is a run of backticks of a length that does not occur within.
fn code(text: &str, out: &mut String) {
    let runs: BTreeSet<usize> = text.split(|c| c != '`').map(str::len).collect();
    let length = (1..).find(|length| !runs.contains(length)).unwrap_or(1);
    let fence = "`".repeat(length);
    let spaced = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    out.push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
}

/// Where a link goes: bare when it is plain, otherwise between angle brackets.
fn address(to: &str, out: &mut String) {
    let plain = |c: char| c.is_alphanumeric() || "-._~:/?#@!$'+,;=%*".contains(c);
    if to.chars().all(plain) {
        out.push_str(to);
        return;
    }
    out.push('<');
    for c in to.chars() {
        match c {
            '\\' | '<' | '>' => escape(c, out),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out.push('>');
}
