// @vitest-environment jsdom
import { afterEach, beforeAll, expect, test } from "vitest";
import { begun, Writer } from "../../../tests/writers";
import { withoutLayout } from "../../../tests/open-window";
import { paragraph, type Block } from "../blocks";
import { nodeOf } from "../nodes";
import { PageEditor } from "./page-editor";

beforeAll(withoutLayout);
afterEach(() => { document.body.replaceChildren(); });

/** Ada's editor, and Bo with the same page elsewhere. */
function page(...blocks: Block[]): { editor: PageEditor; bo: Writer } {
  const bytes = begun(blocks);
  const mount = document.body.appendChild(document.createElement("div"));
  const { replica } = new Writer("Ada", bytes, 1);
  const words = () => "";
  const editor = new PageEditor(mount, replica, {
    labels: { body: words, empty: words, done: words, editTable: words, caption: words },
    drawFile: () => ({ captioned: () => undefined, end: () => undefined }),
    mayWrite: true,
    changed: () => undefined,
    outgrown: () => undefined,
    askLink: () => undefined,
    follow: () => undefined,
    menuKey: () => false,
  });
  return { editor, bo: new Writer("Bo", bytes, 2) };
}

/** The browser has moved the caret to the end of the text, and has not said so yet. */
function moveToEnd({ view }: PageEditor): void {
  const text = view.dom.querySelector("p")?.firstChild;
  document.getSelection()?.collapse(text ?? null, text?.textContent?.length ?? 0);
}

test("a caret that Ada has just moved stays there when something of Bo's comes before the browser tells of it", () => {
  const { editor, bo } = page(paragraph("ring Bo"));
  editor.view.focus();
  moveToEnd(editor);
  bo.do(({ tr }) => tr.insertText("now ", 1));
  editor.receive(bo.unheard.splice(0));
  expect(editor.state.doc.textContent).toBe("now ring Bo");
  expect(editor.state.selection.head).toBe(1 + "now ring Bo".length);
});

test("and when it is drawn where Bo is", () => {
  const { editor } = page(paragraph("ring Bo"));
  editor.view.focus();
  moveToEnd(editor);
  const caret = editor.caret();
  if (caret === null) throw new Error("the page has a body");
  editor.showOthers([{ device: "his", initials: "B", colour: 2, caret }]);
  expect(editor.state.selection.head).toBe(1 + "ring Bo".length);
});

test("items keep their numbers while Ada types, and are counted anew when one more comes", () => {
  const item = (text: string): Block => ({ type: "ordered-list-item", parents: [], text, marks: [] });
  const { editor } = page(item("sandbags"), paragraph("and then"), item("keys"), item("hall"));
  const drawn = () => [...editor.view.dom.querySelectorAll("li")].map((li) => `${(li.parentElement as HTMLOListElement).start} (${li.getAttribute("aria-posinset")} of ${li.getAttribute("aria-setsize")})`);
  const before = ["1 (1 of 1)", "1 (1 of 2)", "2 (2 of 2)"];
  expect(drawn()).toEqual(before);
  editor.view.dispatch(editor.state.tr.insertText("five ", 1));
  expect(drawn()).toEqual(before);
  // The first item is replaced by another that stands where it did.
  editor.view.dispatch(editor.state.tr.replaceWith(0, editor.state.doc.child(0).nodeSize, nodeOf(item("boats"))));
  expect(drawn()).toEqual(before);
  const end = editor.state.doc.content.size;
  editor.view.dispatch(editor.state.tr.insert(end, nodeOf(item("tea"))));
  expect(drawn()).toEqual(["1 (1 of 1)", "1 (1 of 3)", "2 (2 of 3)", "3 (3 of 3)"]);
});
