// @vitest-environment jsdom
import { afterEach, beforeAll, expect, test } from "vitest";
import { begun, Writer } from "../../../tests/writers";
import { withoutLayout } from "../../../tests/open-window";
import { paragraph } from "../blocks";
import { PageEditor } from "./page-editor";

beforeAll(withoutLayout);
afterEach(() => { document.body.replaceChildren(); });

/** Ada's editor, and Bo with the same page elsewhere. */
function page(text: string): { editor: PageEditor; bo: Writer } {
  const bytes = begun([paragraph(text)]);
  const mount = document.body.appendChild(document.createElement("div"));
  const { replica } = new Writer("Ada", bytes, 1);
  const words = () => "";
  const editor = new PageEditor(mount, replica, {
    labels: { body: words, done: words, editTable: words },
    mayWrite: true,
    changed: () => undefined,
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
  const { editor, bo } = page("ring Bo");
  editor.view.focus();
  moveToEnd(editor);
  bo.do(({ tr }) => tr.insertText("now ", 1));
  editor.receive(bo.unheard.splice(0));
  expect(editor.state.doc.textContent).toBe("now ring Bo");
  expect(editor.state.selection.head).toBe(1 + "now ring Bo".length);
});

test("and when it is drawn where Bo is", () => {
  const { editor } = page("ring Bo");
  editor.view.focus();
  moveToEnd(editor);
  const caret = editor.caret();
  if (caret === null) throw new Error("the page has a body");
  editor.showOthers([{ device: "his", initials: "B", colour: 2, caret }]);
  expect(editor.state.selection.head).toBe(1 + "ring Bo".length);
});
