//! Files that people bring along: Markdown with HTML in it, and HTML.

use expect_test::{Expect, expect};
use hedgerow_document::markdown::{self, MARKDOWN_MOST};
use hedgerow_document::{Block, BlockKind, Mark, MarkKind};

/// A body as one reads it: its kind, what it lies in, its text with its marks.
fn told(blocks: &[Block]) -> String {
    let line = |block: &Block| {
        let inside = block.parents.iter().map(|parent| format!("{parent:?} > ")).collect::<String>();
        let marks = block.marks.iter().map(|mark| format!(" [{}]", marked(block, mark))).collect::<String>();
        format!("{inside}{:?}: {}{marks}", block.kind, block.text.replace('\n', "⏎"))
    };
    blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn marked(block: &Block, mark: &Mark) -> String {
    let words: String = block.text.chars().skip(mark.from).take(mark.to - mark.from).collect();
    match &mark.kind {
        MarkKind::Link(to) => format!("{words} -> {to}"),
        kind => format!("{words}: {kind:?}"),
    }
}

fn brought(text: &str, reads: &Expect) {
    reads.assert_eq(&told(&markdown::read_foreign(text).expect("not too large").blocks));
}

#[test]
fn a_post_of_an_agency_reads_as_it_was_meant() {
    let post = "The team met.\n\n<blockquote class=\"pull\">\n  <p>We ship <em>weekly</em>,\n  whatever comes.</p>\n</blockquote>\n\n\
                <figure>\n  <img src=\"/team.jpg\" alt=\"Six people at a table\"/>\n  <figcaption>The team in\n  May</figcaption>\n</figure>\n\n\
                <div class=\"box\">\n\nStill **Markdown** here.\n\n</div>\n\nOne<br>two <a href=\"https://x.uk/\">there</a>&nbsp;now.";
    brought(
        post,
        &expect![[r#"
            Paragraph: The team met.
            Quote: We ship weekly, whatever comes. [weekly: Em]
            Paragraph: Six people at a table [Six people at a table -> /team.jpg]
            Paragraph: The team in May
            Paragraph: Still Markdown here. [Markdown: Strong]
            Paragraph: One⏎two there now. [there -> https://x.uk/]"#]],
    );
}

#[test]
fn lists_and_tables_of_html_are_lists_and_tables() {
    brought(
        "<ol start=3><li>call<li>drive<ul><li>by car</li></ul></li></ol><p>after</p>",
        &expect![[r#"
            Numbered { start: Some(3) }: call
            Numbered { start: None }: drive
            Numbered > Bullet: by car
            Paragraph: after"#]],
    );
    brought(
        "<table><thead><tr><th>Who</th><th>When</th></tr></thead><tbody><tr><td>Gwen | Bo</td><td>May<br>*or* June</td></tr>\
         <tr><td>Cy</td></tr></tbody></table>",
        &expect![[r#"Table: | Who | When |⏎| --- | --- |⏎| Gwen \| Bo | May \*or\* June |⏎| Cy |  |"#]],
    );
}

#[test]
fn code_keeps_its_lines() {
    brought(
        "<pre><code class=\"sh\">a &lt; b\n  c</code></pre>\n\nuse `<b>` and <code>x = 1</code>",
        &expect![[r#"
            Code { language: None }: a < b⏎  c
            Paragraph: use <b> and x = 1 [<b>: Code] [x = 1: Code]"#]],
    );
}

#[test]
fn what_html_does_not_know_stays_text_and_what_is_no_text_goes() {
    brought("a Vec<T> of <name>", &expect!["Paragraph: a Vec<T> of <name>"]);
    brought(
        "before\n\n<script>\nsteal(\"<p>\")\n</script>\n\nafter",
        &expect![[r#"
        Paragraph: before
        Paragraph: after"#]],
    );
    brought(
        "<div>\n<iframe src=\"https://x\"></iframe><!-- no --><style>p{}</style>seen</div>",
        &expect!["Paragraph: seen"],
    );
    brought("inline <script> stays", &expect!["Paragraph: inline <script> stays"]);
}

#[test]
fn markdown_around_html_closes_what_html_left_open() {
    brought(
        "- one <b>bold\n- <blockquote>said\n- three\n\nend </li></ul></blockquote>of it",
        &expect![[r#"
            Bullet: one bold
            Bullet: 
            Bullet > Quote: said
            Bullet: three
            Paragraph: end of it"#]],
    );
}

#[test]
fn a_file_of_html_has_its_title_from_its_first_heading_or_its_head() {
    let read = |text: &str| {
        let read = markdown::read_html(text).expect("not too large");
        format!("{:?}\n{}", read.title.map(String::from), told(&read.blocks))
    };
    expect![[r#"
        Some("Flood rota")
        Paragraph: Gwen has the keys. [Gwen: Strong]
        Heading(2): Who"#]]
    .assert_eq(&read(
        "<!DOCTYPE html><html><head><title>Rota | Site</title><style>p {}</style></head><body>\n<h1>Flood   rota</h1>\n\
         <p><b>Gwen</b> has\n the keys.</p><h2>Who</h2></body></html>",
    ));
    expect![[r#"
        Some("Rota & Site")
        Paragraph: Tŷ Gwyn"#]]
    .assert_eq(&read("<title>Rota &amp; Site</title><p>T&#375; Gwyn"));
    expect![[r#"
        None
        Paragraph: if a <b-c> d"#]]
    .assert_eq(&read("if a <b-c> d"));
}

#[test]
fn nothing_is_nested_too_deep_or_repeated_too_often_to_be_read() {
    for piece in [
        "<div>",
        "<blockquote>",
        "<ul><li>",
        "<b>",
        "<p><b>",
        "<table><tr><td>",
        "</li>",
        "<a href=x>",
        "<pre>",
        "<img src=a>",
    ] {
        let many = piece.repeat((MARKDOWN_MOST / 4) / piece.len());
        for text in [many.clone(), format!("{many}{}", "</blockquote></li></i></b>".repeat(10_000))] {
            let html = markdown::read_html(&text).expect("not too large");
            let mixed = markdown::read_foreign(&text).expect("not too large");
            let size: usize = html.blocks.iter().chain(&mixed.blocks).map(|block| block.text.len()).sum();
            assert!(size < 64 << 20, "{piece}: {size}");
        }
    }
}

#[test]
fn a_link_of_html_is_what_a_link_of_markdown_is() {
    brought("<a href=\"javascript:alert(1)\">x</a>", &expect!["Paragraph: x [x -> javascript:alert(1)]"]);
    assert_eq!(
        markdown::read_foreign("[x](javascript:alert(1))").expect("small").blocks,
        markdown::read_foreign("<a href=\"javascript:alert(1)\">x</a>").expect("small").blocks,
        "the window follows neither"
    );
    let plain = markdown::read("<b>x</b>").expect("small").blocks;
    assert_eq!(
        (plain[0].kind.clone(), plain[0].text.as_str()),
        (BlockKind::Paragraph, "<b>x</b>"),
        "on a page it is text"
    );
}
