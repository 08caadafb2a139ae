/** ProseMirror and nothing else: what a keystroke in the window is measured against. */

import { baseKeymap } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import { Schema } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import "prosemirror-view/style/prosemirror.css";
import "./bare.css";

const schema = new Schema({
  nodes: {
    doc: { content: "paragraph+" },
    paragraph: { content: "text*", toDOM: () => ["p", 0], parseDOM: [{ tag: "p" }] },
    text: {},
  },
});

/** Shows these paragraphs, to be written in. */
function show(paragraphs: readonly string[]): void {
  const doc = schema.node("doc", null, paragraphs.map((text) => schema.node("paragraph", null, text === "" ? [] : [schema.text(text)])));
  const state = EditorState.create({ doc, plugins: [keymap(baseKeymap)] });
  new EditorView(document.getElementById("body"), { state });
}

Object.assign(globalThis, { show });
