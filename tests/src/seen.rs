//! What a person sees of all that is on a device, in a form in which two devices can be compared.

use crate::Device;

impl Device {
    /// All that its person sees: pages, members, links, thoughts, who they are; sorted, and with ids masked, since what is
    /// made anew has other ids.
    pub fn seen(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.text(&["export", "--canonical", "--all"]).lines().map(masked).collect();
        for line in self.json(&["inbox", "list"]) {
            lines.push(format!("thought {}", line["text"]));
        }
        for notebook in self.json(&["notebook", "list"]) {
            let id = notebook["id"].as_str().expect("an id is text");
            for link in self.json(&["invitation", "list", id]) {
                lines.push(format!("link for {}: {}", link["role"], link["state"]));
            }
        }
        let me = self.one(&["whoami"]);
        lines.push(format!("I am {}, {}", me["name"], me["job"]));
        lines.sort();
        lines
    }
}

/// The line without what is drawn anew each time.
fn masked(line: &str) -> String {
    let mut text = String::new();
    let mut digits = String::new();
    for letter in line.chars().chain(['\n']) {
        if letter.is_ascii_hexdigit() {
            digits.push(letter);
            continue;
        }
        text.push_str(if digits.len() >= 16 { "#" } else { &digits });
        digits.clear();
        text.push(letter);
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_masked_and_words_are_not() {
        assert_eq!(masked("page 0123456789abcdef0123456789abcdef: a dead bee"), "page #: a dead bee");
    }
}
