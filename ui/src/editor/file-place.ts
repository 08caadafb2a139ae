/** Where a file comes to stand on a page. */

import type { EditorState, Transaction } from "prosemirror-state";
import type { Attached } from "./attached";
import { isContainer } from "./blocks";
import { nodeOf } from "./nodes";
import { placeAt } from "./typing";

export interface FilePlaced {
  readonly transaction: Transaction;
  /** The position of what is said of the file. */
  readonly caption: number;
}

/**
 * Puts a file where a place in the text is: in the place of an empty line; else behind the line, or before it where the
 * place is its beginning. What lies in an item stays in it.
 */
export function fileInserted(state: EditorState, position: number, attachment: Attached): FilePlaced | null {
  const place = placeAt(state.doc, state.doc.resolve(position).index(0));
  if (place === null) return null;
  const { at, node, marker } = place;
  const end = at + node.nodeSize;
  const isEmptyLine = marker.type === "paragraph" && node.content.size === 0;
  const isBefore = !isEmptyLine && node.content.size > 0 && position <= at + 1 && marker.attachment === undefined;
  const parents = isContainer(marker.type) && !isBefore ? [...marker.parents, marker.type] : marker.parents;
  const made = nodeOf({ type: "attachment", parents, attachment, text: "", marks: [] });
  const to = isEmptyLine || isBefore ? at : end;
  const transaction = isEmptyLine ? state.tr.replaceWith(at, end, made) : state.tr.insert(to, made);
  return { transaction, caption: to + 1 };
}
