//! Files that become pages: Markdown, front matter, plain text.

use std::collections::BTreeMap;

use hedgerow_document::page::{self, Page};
use hedgerow_document::{Document, Edit, PageEdit, Plan, canonical, markdown as md, normal};
use hedgerow_model::{TemplateKind, Title};
use hedgerow_node::{FileForm, ImportFile, fuzz::page_of};

use crate::documents::scene::editing;
use crate::input::Input;
use crate::{Verdict, within};

/// A whole Markdown file. What is imported can be begun as a page, and exported and imported again comes back as the
/// same canonical page, however often.
pub(crate) fn markdown(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let read = within(1 << 20, 1024, bytes, || md::read(text)).expect("it is not too large");
    let page = Page {
        title: read.title.unwrap_or_else(untitled),
        template: read.template.unwrap_or_else(TemplateKind::note),
        fields: read.fields,
        blocks: read.blocks,
        plan: read.plan,
        deleted: false,
    };
    assert_eq!(page.blocks, normal(page.blocks.clone()), "not in normal form");
    comes_back(&page, text.len());
    assert_eq!(canon(&begun(&page)), canon(&page), "begun as another page");
    let part = md::blocks(text).expect("it is not too large");
    assert_eq!(part, normal(part.clone()), "not in normal form");
    Verdict::Taken
}

/// Front matter, with a line of body behind it.
pub(crate) fn front_matter(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    let verdict = markdown(format!("---\n{text}\n---\nThe body.\n").as_bytes());
    // A field's text comes back through the front matter that an export writes, whatever it is.
    let clean = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let value: String = text.chars().filter(clean).collect();
    let name = hedgerow_model::FieldName::parse("note").expect("a name");
    let page = Page { fields: BTreeMap::from([(name, value)]), ..blank() };
    comes_back(&page, text.len());
    verdict
}

/// A plain text file: the length of its path, the path, the text. Each line that holds something is a paragraph, with
/// all its characters.
pub(crate) fn plain_text(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let length = usize::from(input.byte());
    let (path, text) = (input.take(length), input.rest());
    let (Ok(path), Ok(text)) = (std::str::from_utf8(path), std::str::from_utf8(text)) else { return Verdict::Refused };
    let file = ImportFile { path: path.to_owned(), form: FileForm::Plain, text: text.to_owned() };
    let Ok(beginning) = within(64 << 10, 512, bytes, || page_of(&file)) else { return Verdict::Refused };
    let page = Page {
        title: beginning.title,
        template: beginning.template,
        fields: beginning.fields,
        blocks: normal(beginning.body),
        plan: beginning.plan,
        deleted: false,
    };
    let shown = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_end().chars().map(shown).collect::<String>())
        .filter(|line| !line.trim().is_empty())
        .collect();
    let begun = begun(&page);
    let held: Vec<&str> =
        begun.blocks.iter().map(|block| block.text.as_str()).filter(|text| !text.is_empty()).collect();
    assert_eq!(held, lines, "a line is lost or another is there");
    assert_eq!(canon(&begun), canon(&page), "begun as another page");
    comes_back(&page, text.len());
    Verdict::Taken
}

fn untitled() -> Title {
    Title::parse("Flood rota").expect("a title")
}

fn blank() -> Page {
    let (title, template, blocks) = (untitled(), TemplateKind::note(), normal(Vec::new()));
    Page { title, template, fields: BTreeMap::new(), blocks, plan: Plan::default(), deleted: false }
}

fn canon(page: &Page) -> String {
    canonical::page(page, &[], &|_| String::new())
}

/// The page once it stands in a document.
fn begun(page: &Page) -> Page {
    let Page { title, template, fields, blocks, plan, .. } = page.clone();
    let mut document = Document::new();
    let begin = PageEdit::Begin { title, template, fields, body: blocks, plan };
    document.edit(&editing(1), &Edit::Page(begin)).expect("what can be imported can be begun");
    let (read, unknown) = page::read(&document);
    assert!(unknown.is_empty(), "{unknown:?}");
    read
}

/// Written as Markdown and read again it is the same page, and the Markdown is not out of all proportion.
fn comes_back(page: &Page, size: usize) {
    let written = md::write(page);
    assert!(written.len() <= 4096 + 256 * size, "{size} bytes became {} of Markdown", written.len());
    if written.len() > md::MARKDOWN_MOST {
        return;
    }
    let read = md::read(&written).expect("it is not too large");
    let back = Page {
        title: read.title.unwrap_or_else(untitled),
        template: read.template.unwrap_or_else(TemplateKind::note),
        fields: read.fields,
        blocks: read.blocks,
        plan: read.plan,
        deleted: false,
    };
    assert_eq!(canon(&back), canon(page), "comes back as another page; in between it was\n{written}");
    assert_eq!(md::write(&back), written, "the same page, written in another way");
}

pub(crate) mod seeds {
    use crate::Seed;

    fn named<const COUNT: usize>(texts: [(&'static str, &str); COUNT]) -> Vec<Seed> {
        texts.map(|(name, text)| (name, text.as_bytes().to_vec())).to_vec()
    }

    /// Everything that Markdown has.
    pub(crate) fn markdown() -> Vec<Seed> {
        named([
            (
                "prose",
                "# Flood rota\n\nNight cover **moved** to _Tuesday_.  \nAsk `Bo` or see [the plan](http://a.uk/?b=c).\n",
            ),
            ("headings", "One\n===\n\nTwo\n---\n\n### Three #\n\n###### Six\n\n***\n"),
            (
                "lists",
                "- un\n  - dau\n    1. tri\n- pedwar\n\n  more\n\n7. seven\n8. eight\n\n* [ ] to do\n* [x] done\n",
            ),
            ("quotes", "> one\n> > two\n>\n> - three\n\nfour\n"),
            ("code", "```rust\nfn main() {}\n```\n\n    indented\n\n~~~\na ``` b\n~~~\n\n`` a ` b ``\n"),
            ("table", "| a | b |\n| :-- | --: |\n| c \\| d | **e** |\n| f |\n"),
            ("links", "[a][b] <http://c.uk> ![map](d.png \"t\") [![e](f)](g)\n\n[b]: http://h.uk 'i'\n"),
            ("html", "<div>\nraw <b>bold</b>\n</div>\n\n&amp; &#32; &nbsp; \\* \\\\\n"),
            ("front", "---\ntitle: Rota\ntemplate: story\nplace: Llanelli\n---\nBody\n"),
            ("odd", "\u{feff}a\r\nb\rc\u{7}\u{a0}\u{2028}~~d~~ [^1]\n\n[^1]: e\n\n$f$ | g\n"),
        ])
    }

    /// Everything that front matter has.
    pub(crate) fn front_matter() -> Vec<Seed> {
        named([
            ("plain", "title: Flood rota\ntemplate: note\nplace: Llanelli"),
            ("quoted", "title: \"Rota: nights\\n\"\n'who: what': 'it''s'\n\"a\\u00e9\": b"),
            ("blocks", "why: |\n  one\n    two\n\nhow: >-\n  folded\n  text\n\n  more"),
            ("lists", "who:\n- Ada\n- Bo, Cy\nwhere: [Llanelli, \"Sir Gâr\"]\n"),
            ("nested", "a:\n  b: c\n  d:\n    - e\n# comment\nf: g # h"),
            ("left-over", "no name here\n  indented\nhttp://a.uk: b\ntitle:\ntitle: again\ntitle: and again"),
        ])
    }

    /// Plain text.
    pub(crate) fn plain_text() -> Vec<Seed> {
        let file = |path: &str, text: &str| [&[path.len() as u8], path.as_bytes(), text.as_bytes()].concat();
        vec![
            ("lines", file("notes/2024 rota.txt", "Night cover\n\n  moved to Tuesday \r\n\t- Bo\n")),
            ("marks", file("# a.txt", "# not a heading\n* not a list\n1. nor this\n> `nor` **this**\n| a |\n---\n")),
            (
                "odd",
                file("Cinio dydd Iau.text", "\u{feff}a\u{7}b\rc\u{2028}d &amp; \\ <b>\n\u{a0}\n---\ntitle: e\n---\n"),
            ),
        ]
    }
}
