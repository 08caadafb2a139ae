//! What a site generator fills in when it makes a page of Markdown: Liquid, as Jekyll and Eleventy have it. Of it what people
//! would read there is kept.
//!
//! Only what stands for one thing is understood: a quoted text with filters (`{{ "/about/" | url }}`), what the site says of
//! itself (`{{ site.baseurl }}`), a picture (`{% image "path" "what it shows" %}`), and what is to be left as it is
//! (`{% raw %}`). All else stays as it was written, and so does what stands in code.

use std::borrow::Cow;

/// The longest tag that is looked at, in bytes.
const MOST: usize = 2_000;

/// The text with its tags filled in.
pub(super) fn filled_in(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") && !text.contains("{%") {
        return Cow::Borrowed(text);
    }
    let mut filling = Filling { out: String::with_capacity(text.len()), fence: None, is_raw: false };
    for line in text.split_inclusive('\n') {
        filling.line(line);
    }
    Cow::Owned(filling.out)
}

struct Filling {
    out: String,
    /// What ends the block of code that this stands in.
    fence: Option<String>,
    /// Whether this is to be left as it is.
    is_raw: bool,
}

impl Filling {
    fn line(&mut self, line: &str) {
        let begun = line.trim_start();
        let fence = fence(begun);
        match (&self.fence, fence) {
            (Some(ends), Some(fence)) if fence.starts_with(ends.as_str()) => self.fence = None,
            (None, Some(fence)) => self.fence = Some(fence.to_owned()),
            (Some(_), _) => {}
            (None, None) => return self.words(line),
        }
        self.out.push_str(line);
    }

    fn words(&mut self, mut line: &str) {
        while let Some(at) = line.find(['`', '{']) {
            let (before, rest) = line.split_at(at);
            self.out.push_str(before);
            line = rest;
            let taken = if rest.starts_with('`') { self.code(rest) } else { self.tag(rest) };
            line = line.get(taken..).unwrap_or_default();
        }
        self.out.push_str(line);
    }

    /// A piece of code within the line, or the marks alone if it does not end there.
    fn code(&mut self, rest: &str) -> usize {
        let marks = rest.len() - rest.trim_start_matches('`').len();
        let (begin, inside) = rest.split_at(marks);
        let taken = inside.find(begin).map_or(marks, |end| marks + end + marks);
        self.out.push_str(rest.get(..taken).unwrap_or(begin));
        taken
    }

    /// A tag, or one brace.
    fn tag(&mut self, rest: &str) -> usize {
        let Some((tag, taken)) = tag_in(rest) else {
            self.out.push('{');
            return 1;
        };
        match &tag {
            Tag::Raw => self.is_raw = true,
            Tag::EndRaw => self.is_raw = false,
            _ if self.is_raw => self.out.push_str(rest.get(..taken).unwrap_or_default()),
            Tag::Text(text) => self.out.push_str(text),
            Tag::Embedded { address, says } => self.out.push_str(&format!("[{says}]({address})")),
            Tag::Picture { path, shows } => self.out.push_str(&format!("![{shows}]({path})")),
        }
        taken
    }
}

enum Tag<'t> {
    Raw,
    EndRaw,
    /// What is to stand there.
    Text(&'t str),
    Embedded {
        address: &'t str,
        says: &'t str,
    },
    Picture {
        path: &'t str,
        shows: &'t str,
    },
}

/// The tag that this begins with, if it is understood, and how long it is.
fn tag_in(rest: &str) -> Option<(Tag<'_>, usize)> {
    let line = rest.lines().next()?;
    let mut end = line.len().min(MOST);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = line.get(..end)?;
    if let Some(inside) = line.strip_prefix("{{") {
        let end = inside.find("}}")?;
        return Some((output(inside.get(..end)?.trim())?, end + 4));
    }
    let inside = line.strip_prefix("{%")?;
    let end = inside.find("%}")?;
    let inside = inside.get(..end)?.trim_matches(['-', ' ']);
    let tag = match inside.split_once(' ').map_or(inside, |(name, _)| name) {
        "raw" => Tag::Raw,
        "endraw" => Tag::EndRaw,
        "image" | "image_with_class" => match quoted(inside)[..] {
            [path] => Tag::Picture { path, shows: "" },
            [path, .., shows] => Tag::Picture { path, shows },
            [] => return None,
        },
        _ => return None,
    };
    Some((tag, end + 4))
}

fn output(inside: &str) -> Option<Tag<'_>> {
    if ["site.", "page."].iter().any(|of| inside.starts_with(of)) {
        return Some(Tag::Text(""));
    }
    if !inside.starts_with(['"', '\'']) {
        return None;
    }
    let quoted = quoted(inside);
    let (text, says) = (quoted.first()?, quoted.get(1));
    Some(match says {
        Some(says) if inside.contains("embed") => Tag::Embedded { address: text, says },
        _ => Tag::Text(text),
    })
}

/// What stands in quotation marks.
fn quoted(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['"', '\'']) {
        let Some(mark) = rest.get(at..=at) else { break };
        let Some((inside, after)) = rest.get(at + 1..).and_then(|after| after.split_once(mark)) else { break };
        found.push(inside);
        rest = after;
    }
    found
}

/// The marks that begin or end a block of code, if the line does.
fn fence(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    line.get(..length).filter(|marks| marks.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_would_read_is_kept() {
        for (written, read) in [
            (
                r#"[we wrote]({{ "/2016/08/25/philosophy/" | prepend: site.baseurl }})."#,
                "[we wrote](/2016/08/25/philosophy/).",
            ),
            (r#"<img src="{{ site.baseurl }}/assets/a.png" alt="A map">"#, r#"<img src="/assets/a.png" alt="A map">"#),
            (r#"{% image "assets/a.jpg" "The ford at Llanrwst" %}"#, "![The ford at Llanrwst](assets/a.jpg)"),
            (r#"{% image_with_class "assets/a.jpg" "left" "The 'ford'" %}"#, "![The 'ford'](assets/a.jpg)"),
            (
                r#"{{ "https://video.example/1" | embed: 'The "open" day' }}"#,
                r#"[The "open" day](https://video.example/1)"#,
            ),
            ("{% raw %}{{ page.title }}{% endraw %}", "{{ page.title }}"),
        ] {
            assert_eq!(filled_in(written), read);
        }
    }

    #[test]
    fn what_is_no_tag_and_what_is_code_stays_as_it_was_written() {
        for text in [
            "Dear {{ name }}, {{",
            "{% for one in all %}",
            "{% image %}",
            "`{{ site.baseurl }}` is the beginning",
            "```\n{{ site.baseurl }}\n```\n",
            "~~~~\n~~~\n{% raw %}\n~~~~\n",
            "{ {{ \"open }} `",
            "{%",
            "{{ 'é",
            "{% image é %}",
            "}}{{",
        ] {
            assert_eq!(filled_in(text), text);
        }
    }
}
