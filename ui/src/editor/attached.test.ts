// @vitest-environment jsdom
import { expect, test } from "vitest";
import { begun, Writer } from "../../tests/writers";
import { attachedOf, nearestKind, nearestName, type Attached } from "./attached";
import { markerOf, normal, paragraph, type Block } from "./blocks";
import { htmlOf, textOf } from "./copy";
import { fileInserted } from "./file-place";
import { blocksFromHtml } from "./paste";
import { breakLine, eraseBackward, eraseForward, newLine, placeAt } from "./typing";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";

const map: Attached = { id: "a1".repeat(32), name: "flood map.png", media_type: "image/png", size: 48_213 };
const rota: Attached = { id: "b2".repeat(32), name: "rota.pdf", media_type: "application/pdf", size: 900 };
const shows = (attachment: Attached, text = ""): Block => ({ type: "attachment", parents: [], attachment, text, marks: [] });

test("a name is the last part of a path and never a path, as the document's room has it", () => {
  const names = [["flood map.png", "flood map.png"], ["Pictures/2026/rhyd.jpg", "rhyd.jpg"], ["C:\\Users\\Ada\\rota.xlsx", "rota.xlsx"], ["../../etc/passwd", "passwd"], ["..", "file"], ["", "file"], ["  /  ", "file"], ["a\nb\u202egpj.exe", "a_b_gpj.exe"], ["Tŷ Mawr – llifogydd.pdf", "Tŷ Mawr – llifogydd.pdf"]] as const;
  for (const [raw, name] of names) expect([raw, nearestName(raw)]).toEqual([raw, name]);
  const long = nearestName(`${"𠀀".repeat(500)}.docx`);
  expect([...long]).toHaveLength(200);
  expect(long.endsWith(".docx")).toBe(true);
});

test("a kind is two words in lower case, or some bytes", () => {
  const bytes = "application/octet-stream";
  const kinds = [["image/png", "image/png"], ["IMAGE/SVG+XML", "image/svg+xml"], ["text/plain; charset=utf-8", "text/plain"], ["image", bytes], ["image/", bytes], ["image/png/x", bytes], ["image/p😀", bytes], ["", bytes]] as const;
  for (const [raw, kind] of kinds) expect([raw, nearestKind(raw)]).toEqual([raw, kind]);
});

test("what names no file is of a kind that is not known; what is said of a file is one line without marks", () => {
  expect(attachedOf({ ...map, id: "a1" })).toBeNull();
  expect(attachedOf({ ...map, size: null })).toBeNull();
  expect(attachedOf({ ...map, id: ` ${map.id.toUpperCase()} `, size: 2 ** 40 })).toEqual({ ...map, size: 104_857_600 });
  const [read] = normal([{ ...shows(map, "one\ntwo\tthree"), marks: [{ from: 0, to: 3, type: "strong", value: true }] }]);
  expect(read).toEqual(shows(map, "one two three"));
});

/** Ada with a page open. */
function opens(blocks: readonly Block[], number = 1): Writer {
  return new Writer("Ada", begun(blocks), number);
}

/** With the caret in a block, at its beginning or its end. */
const at = (index: number, where: "start" | "end", deed: (state: EditorState) => Transaction | null) => (state: EditorState) => {
  const place = placeAt(state.doc, index);
  if (place === null) return null;
  const caret = where === "start" ? place.at + 1 : place.at + place.node.nodeSize - 1;
  return deed(state.apply(state.tr.setSelection(TextSelection.create(state.doc, caret))));
};
const told = (writer: Writer) => writer.blocks.map(({ type, attachment, text }) => [attachment?.name ?? type, text]);

test("Enter in what is said of a file begins a paragraph, and so does a line break", () => {
  for (const deed of [newLine, breakLine]) {
    const ada = opens([shows(map, "Mill Lane")]);
    ada.do(at(0, "end", deed));
    expect(told(ada)).toEqual([["flood map.png", "Mill Lane"], ["paragraph", ""]]);
    expect(ada.binding.settle()).toBe(true);
  }
});

test("Backspace before what is said of a file leaves the words, and undoing brings the file back", () => {
  const ada = opens([paragraph("Before."), shows(map, "Mill Lane")]);
  ada.do(at(1, "start", eraseBackward));
  expect(told(ada)).toEqual([["paragraph", "Before."], ["paragraph", "Mill Lane"]]);
  ada.binding.undo();
  expect(told(ada)).toEqual([["paragraph", "Before."], ["flood map.png", "Mill Lane"]]);
  expect(ada.blocks[1]).toEqual(shows(map, "Mill Lane"));
});

test("what joins a file loses its look, and stays when it is undone", () => {
  const bold: Block = { ...paragraph("gates"), marks: [{ from: 0, to: 5, type: "strong", value: true }] };
  const ada = opens([shows(map, "Mill Lane "), bold]);
  ada.do(at(0, "end", eraseForward));
  expect(ada.blocks).toEqual([shows(map, "Mill Lane gates")]);
  ada.binding.undo();
  expect(ada.blocks).toEqual([shows(map, "Mill Lane "), bold]);
});

test("two who put a file on one empty page at once have both", () => {
  const bytes = begun([paragraph()]);
  const [ada, bo] = [new Writer("Ada", bytes, 1), new Writer("Bo", bytes, 2)];
  ada.do((state) => fileInserted(state, 1, map)?.transaction ?? null);
  bo.do((state) => fileInserted(state, 1, rota)?.transaction ?? null);
  const [hers, his] = [ada.unheard.splice(0), bo.unheard.splice(0)];
  ada.binding.receive(his);
  bo.binding.receive(hers);
  expect(ada.blocks).toEqual(bo.blocks);
  expect(told(ada).map(([name]) => name).sort()).toEqual(["flood map.png", "rota.pdf"]);
});

test("a file stands in the place of an empty line, behind a line, before one at its beginning, and within an item", () => {
  const put = (blocks: readonly Block[], index: number, where: "start" | "end") => {
    const ada = opens(blocks);
    ada.do(at(index, where, (state) => fileInserted(state, state.selection.head, map)?.transaction ?? null));
    return ada.blocks.map((block) => [...block.parents, markerOf(block).attachment?.name ?? block.text].join(">"));
  };
  expect(put([paragraph("a"), paragraph(), paragraph("b")], 1, "start")).toEqual(["a", "flood map.png", "b"]);
  expect(put([paragraph("a"), paragraph("b")], 0, "end")).toEqual(["a", "flood map.png", "b"]);
  expect(put([paragraph("a"), paragraph("b")], 1, "start")).toEqual(["a", "flood map.png", "b"]);
  expect(put([{ ...paragraph("a"), type: "unordered-list-item" }, paragraph("b")], 0, "end")).toEqual(["a", "unordered-list-item>flood map.png", "b"]);
});

test("a file that is copied from one page to another goes along; other programs get its name", () => {
  const parse = (html: string) => new DOMParser().parseFromString(html, "text/html").body;
  const odd = { ...map, name: `"<b>".png` };
  expect(blocksFromHtml(htmlOf([shows(odd, "Mill Lane"), paragraph("x")]), parse)).toEqual([shows(odd, "Mill Lane"), paragraph("x")]);
  expect(blocksFromHtml(`<p data-file-id="no">x</p>`, parse)).toEqual([paragraph("x")]);
  expect(textOf([shows(map, "Mill Lane"), shows(rota)])).toBe("flood map.png: Mill Lane\n\nrota.pdf");
});
