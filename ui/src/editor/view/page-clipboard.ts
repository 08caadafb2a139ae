/** What is copied from a page, and what is pasted or dropped into it. */

import type { Fragment } from "prosemirror-model";
import { DOMSerializer } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import type { Block } from "../blocks";
import { copied } from "../copy";
import { blocksFromHtml, blocksFromText, linkOver, putBlocks } from "../paste";

/** Copies lists as lists, for other programs. */
export class Clipboard extends DOMSerializer {
  constructor() {
    super({}, {});
  }

  override serializeFragment(fragment: Fragment): DocumentFragment {
    const template = document.createElement("template");
    template.innerHTML = copied(fragment).html;
    return template.content;
  }
}

export function pasted(state: EditorState, data: DataTransfer): Transaction | null {
  return linkOver(state, data.getData("text/plain")) ?? putBlocks(state, blocksIn(data));
}

/** Puts what was dropped where it was dropped. */
export function dropped(state: EditorState, data: DataTransfer, position: number): Transaction | null {
  const there = state.apply(state.tr.setSelection(TextSelection.near(state.doc.resolve(position))));
  return putBlocks(there, blocksIn(data));
}

function blocksIn(data: DataTransfer): readonly Block[] {
  const [html, text] = [data.getData("text/html"), data.getData("text/plain")];
  if (html === "") return blocksFromText(text);
  // A document of its own that is never shown: nothing in it runs or is fetched.
  const blocks = blocksFromHtml(html, (source) => new DOMParser().parseFromString(source, "text/html").body);
  return blocks.length > 0 ? blocks : blocksFromText(text);
}
