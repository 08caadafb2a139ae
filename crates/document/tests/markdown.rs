//! A page exported and imported again has the same canonical body.

mod bodies;

use bodies::{any_body, any_field, any_title};
use hedgerow_document::markdown::{self, MARKDOWN_MOST, MarkdownProblem};
use hedgerow_document::page::Page;
use hedgerow_document::{Block, BlockKind, Container, MarkKind, Plan, canonical, normal};
use hedgerow_model::{FieldName, TemplateKind, Title};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn page(blocks: Vec<Block>) -> Page {
    Page {
        title: Title::parse("Flood rota").expect("a title"),
        template: TemplateKind::note(),
        fields: BTreeMap::new(),
        blocks: normal(blocks),
        plan: Plan::default(),
        deleted: false,
    }
}

fn reread(page: &Page) -> Page {
    let read = markdown::read(&markdown::write(page)).expect("not too large");
    Page {
        title: read.title.unwrap_or_else(|| page.title.clone()),
        template: read.template.unwrap_or_else(TemplateKind::note),
        fields: read.fields,
        blocks: read.blocks,
        plan: read.plan,
        deleted: false,
    }
}

fn canon(page: &Page) -> String {
    canonical::page(page, &[], &|_| String::new())
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn a_body_comes_back_as_it_was(blocks in any_body()) {
        let page = page(blocks);
        let written = markdown::write(&page);
        prop_assert_eq!(canon(&reread(&page)), canon(&page), "\n{}", written);
    }

    #[test]
    fn title_template_and_fields_come_back(
        title in any_title(),
        template in proptest::option::of("[a-z0-9-]{1,10}"),
        fields in proptest::collection::vec(any_field(), 0..4),
    ) {
        let template = template.map_or_else(TemplateKind::note, |text| TemplateKind::parse(&text).expect("a template"));
        let page = Page { title, template, fields: fields.into_iter().collect(), ..page(Vec::new()) };
        let written = markdown::write(&page);
        prop_assert_eq!(reread(&page), page, "\n{}", written);
    }

    #[test]
    fn any_text_is_read_and_what_was_read_comes_back(text in "[ \n\t\\\\a>*_`#&;.)(\\[\\]!|:<0-9~=+ŵ-]{0,60}") {
        let read = markdown::read(&text).expect("not too large");
        let page = Page { fields: read.fields, ..page(read.blocks) };
        let written = markdown::write(&page);
        prop_assert_eq!(canon(&reread(&page)), canon(&page), "{:?}\n{}", text, written);
    }
}

/// What one paragraph of Markdown reads as.
fn one(text: &str) -> Block {
    let mut blocks = markdown::blocks(text).expect("not too large");
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    blocks.remove(0)
}

#[test]
fn marks_links_and_images_are_read() {
    let block = one("a **b _c_** `d` [e](http://f) ![g](h.png) <i@j.uk>");
    assert_eq!(block.text, "a b c d e g i@j.uk");
    let said: Vec<(String, &MarkKind)> = block
        .marks
        .iter()
        .map(|mark| (block.text.chars().skip(mark.from).take(mark.to - mark.from).collect(), &mark.kind))
        .collect();
    let link = |to: &str| MarkKind::Link(to.to_owned());
    let expected = [
        ("b c", MarkKind::Strong),
        ("c", MarkKind::Em),
        ("d", MarkKind::Code),
        ("e", link("http://f")),
        ("g", link("h.png")),
        ("i@j.uk", link("mailto:i@j.uk")),
    ];
    let expected: Vec<(String, &MarkKind)> = expected.iter().map(|(text, kind)| ((*text).to_owned(), kind)).collect();
    assert_eq!(said, expected);
}

#[test]
fn lists_quotes_tasks_and_code_keep_their_nesting() {
    let text = "- a\n  1. b\n\n     more\n- [x] done\n\n> said\n>\n> ```rust\n> let x;\n> ```\n";
    let blocks = markdown::blocks(text).expect("not too large");
    let shape: Vec<(&str, &[Container], &str)> =
        blocks.iter().map(|block| (block.kind.name(), &block.parents[..], block.text.as_str())).collect();
    use Container::{Bullet, Numbered, Quote};
    assert_eq!(
        shape,
        [
            ("unordered-list-item", &[][..], "a"),
            ("ordered-list-item", &[Bullet], "b"),
            ("paragraph", &[Bullet, Numbered], "more"),
            ("task-list-item", &[], "done"),
            ("blockquote", &[], "said"),
            ("code-block", &[Quote], "let x;"),
        ]
    );
    assert_eq!(blocks[5].kind, BlockKind::Code { language: Some("rust".to_owned()) });
    assert_eq!(blocks[3].kind, BlockKind::Task { checked: true });
}

#[test]
fn a_table_is_one_block_of_its_source() {
    let block = one("a | b\n:-- | ---\n1 | 2");
    assert_eq!(block.kind, BlockKind::Table);
    assert_eq!(block.text, "| a | b\n| :-- | --- |\n| 1 | 2");
    let page = page(vec![block]);
    assert_eq!(markdown::write(&page), "# Flood rota\n\n| a | b\n| :-- | --- |\n| 1 | 2\n");
}

#[test]
fn html_stays_text() {
    let block = one("<script>alert(1)</script>");
    assert_eq!((block.kind, block.text.as_str()), (BlockKind::Paragraph, "<script>alert(1)</script>"));
    assert_eq!(one("a <b>c</b>").text, "a <b>c</b>");
}

#[test]
fn what_people_write_looks_as_they_would_write_it() {
    let text = "# Flood rota\n\nNight cover is **thin** on the _east_ side.\n\n## Who\n\n- Ada\n- Bo\n  - Tŷ Gwyn\n- [ ] ask Cy\n\n\
                1. call\n2. drive\n\n> They said: \"no-one knew\".\n\n```\nx = 1\n```\n\n***\n\nsnake_case & co. https://a.uk/b_c\n";
    let read = markdown::read(text).expect("not too large");
    let page = Page { title: read.title.expect("a title"), ..page(read.blocks) };
    assert_eq!(markdown::write(&page), text);
}

#[test]
fn the_first_heading_is_the_title_unless_front_matter_has_one() {
    let read = markdown::read("# Rota\n\ntext").expect("not too large");
    assert_eq!(read.title.map(String::from), Some("Rota".to_owned()));
    assert_eq!(read.blocks, [Block::paragraph("text")]);
    let read = markdown::read("---\ntitle: Plan\ntemplate: plan\narea: Môn\n---\n# Rota\n").expect("not too large");
    assert_eq!(read.title.map(String::from), Some("Plan".to_owned()));
    assert_eq!(read.template.map(String::from), Some("plan".to_owned()));
    assert_eq!(read.fields, BTreeMap::from([(FieldName::parse("area").expect("a name"), "Môn".to_owned())]));
    assert_eq!(read.blocks.len(), 1);
    let read = markdown::read(&format!("# {}\n", "x".repeat(300))).expect("not too large");
    assert_eq!((read.title, read.blocks.len()), (None, 1), "a heading that fits no title stays whole");
}

#[test]
fn text_that_is_too_large_is_refused_by_name() {
    let most = MARKDOWN_MOST;
    let problem = markdown::read(&"x".repeat(most + 1)).expect_err("too large");
    assert_eq!(problem, MarkdownProblem::TooLarge { size: most + 1, most });
    assert!(problem.to_string().contains(&most.to_string()));
}

#[test]
fn a_megabyte_of_brackets_or_quotes_is_read_in_reasonable_space() {
    for text in ["> ".repeat(100_000), "- ".repeat(100_000), "[".repeat(200_000), "*a ".repeat(100_000)] {
        let blocks = markdown::blocks(&text).expect("not too large");
        assert!(blocks.len() < 100);
    }
}
