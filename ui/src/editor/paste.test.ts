// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { copied, htmlOf, textOf } from "./copy";
import { after, drawn, editing, undrawn } from "../../tests/drawn";
import { blocksFromHtml, blocksFromText, linkOver, putBlocks } from "./paste";

const parse = (html: string) => new DOMParser().parseFromString(html, "text/html").body;
const read = (html: string) => drawn(blocksFromHtml(html, parse));

describe("a web page", () => {
  test("keeps headings, lists in lists, and what is strong", () => {
    const html = `<h2 class="x">Flood <i>rota</i></h2><p>Ring  <b>Bo</b>&nbsp;first</p>
      <ul><li>sandbags<ul><li><p>200</p><p>more</p></li></ul></li><li>pumps</li></ul><ol start="3"><li>third</li></ol>`;
    expect(read(html)).toEqual(["h2 Flood _rota_", "p Ring **Bo** first", "ul sandbags", "ul>ul 200", "ul>ul>p more", "ul pumps", "ol3 third"]);
  });
  test("loses scripts, styles and addresses that may not be followed", () => {
    const html = `<style>p{}</style><script>alert(1)</script><p onclick="x()">see <a href="javascript:alert(1)">this</a> and
      <a href="https://example.org">that</a></p><p style="display:none">hidden</p><iframe src="x">frame</iframe>`;
    expect(read(html)).toEqual(["p see this and [that](https://example.org)"]);
  });
  test("keeps tables, code, quotations and tasks", () => {
    const html = `<table><tr><th>Who</th><th>When|then</th></tr><tr><td>Bo</td><td>noon</td></tr></table>
      <pre><code class="language-sql">select 1\n  from x</code></pre><blockquote><p>one</p><p>two</p></blockquote>
      <ul><li><input type="checkbox" checked> done</li></ul>`;
    expect(read(html)).toEqual([
      "table | Who | When\\|then |\\n| --- | --- |\\n| Bo | noon |",
      "code select 1\\n  from x", "q one", "q>p two", "[x] done",
    ]);
  });
  test("is not strong because Google wraps it", () => {
    expect(read(`<b style="font-weight:normal"><p><span style="font-weight:700">Why</span> and how</p></b>`)).toEqual(["p **Why** and how"]);
  });
  test("of nothing but layout is its text", () => {
    expect(read("<table><tr><td><table><tr><td>one</td></tr></table></td></tr></table>")).toEqual(["p one"]);
  });
});

describe("Word", () => {
  test("items are items, as deep as their style says, and its own marks go", () => {
    const item = (level: number, bullet: string, text: string) =>
      `<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level${level} lfo1'><![if !supportLists]><span><span style='mso-list:Ignore'>${bullet}<span>&nbsp;&nbsp;</span></span></span><![endif]>${text}<o:p></o:p></p>`;
    const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {} --></style></head><body>
      <!--StartFragment--><p class=MsoNormal><b>Rota</b><o:p>&nbsp;</o:p></p>${item(1, "·", "sandbags")}${item(2, "o", "200")}${item(1, "1.", "first")}<!--EndFragment--></body></html>`;
    expect(read(html)).toEqual(["p **Rota**", "ul sandbags", "ul>ul 200", "ol first"]);
  });
});

test("plain text is a paragraph a line", () => {
  expect(drawn(blocksFromText("one\r\n\r\ntwo\n"))).toEqual(["p one", "p two"]);
});

describe("pasting", () => {
  const paste = (before: string[], lines: string[]) => after(editing(before), (state) => putBlocks(state, undrawn(lines)));
  test("a line goes into the line", () => { expect(paste(["h1 Flood| rota"], ["p  night"])).toEqual(["h1 Flood night| rota"]); });
  test("several lines split it", () => {
    expect(paste(["p one |two"], ["p a", "ul b"])).toEqual(["p one a", "ul b|two"]);
  });
  test("a block takes the place of an empty line", () => { expect(paste(["p |"], ["h2 Rota", "p a"])).toEqual(["h2 Rota", "p a|"]); });
  test("into a list it lies in that list", () => {
    expect(paste(["ul a", "ul>p b|"], ["p c", "ul d"])).toEqual(["ul a", "ul>p bc", "ul>ul d|"]);
  });
  test("into code it is text", () => { expect(paste(["code a|b"], ["h1 x", "p y"])).toEqual(["code ax\\ny|b"]); });
  test("an address over words links them", () => {
    expect(after(editing(["p see |the plan|"]), (state) => linkOver(state, "https://example.org/p"))).toEqual(["p see [the plan](https://example.org/p)|"]);
    expect(linkOver(editing(["p see |the plan|"]), "javascript:alert(1)")).toBeNull();
  });
});

describe("copying", () => {
  const lines = ["h2 Rota", "ul a", "ul>ul b", "ul>ul>p c", "ul d", "ol3 e", "ol f", "[x] g", "q h", "q>p i", "code j\\n k", "table | x | y |\\n|---|---|\\n| 1 | 2 |", "p l"];
  test("out and in again, a page is what it was", () => {
    const back = blocksFromHtml(htmlOf(undrawn(lines)), parse);
    const table = "table | x | y |\\n| --- | --- |\\n| 1 | 2 |";
    expect(drawn(back)).toEqual(lines.map((line) => (line.startsWith("table") ? table : line)));
  });
  test("as text it reads well", () => {
    expect(textOf(undrawn(["p Please", "ul a", "ul>[x] b", "ol c", "ol d"]))).toBe("Please\n\n- a\n  [x] b\n1. c\n2. d");
  });
  test("nothing in a page becomes HTML of its own", () => {
    const [block] = undrawn(["p <img src=x onerror=alert(1)>"]);
    expect(htmlOf(block === undefined ? [] : [block])).toBe("<p>&lt;img src=x onerror=alert(1)&gt;</p>");
  });
  test("a piece of a line is a piece of a line", () => {
    const state = editing(["ul a", "ul>p one two"]);
    expect(copied(state.doc.slice(4, 7).content).html).not.toContain("<ul>");
  });
});
