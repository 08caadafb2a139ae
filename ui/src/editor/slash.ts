/** The menu that a slash opens: what to make of the line, by name. */

import type { EditorState, Transaction } from "prosemirror-state";
import { folded } from "../words/folded";
import { isLiteral, type Marker } from "./blocks";
import { become, placeAt } from "./typing";

/** What a line can be made into, in the order of the menu. */
export const CHOICES = [
  { id: "paragraph", makes: { type: "paragraph" } },
  { id: "heading1", makes: { type: "heading", level: 1 } },
  { id: "heading2", makes: { type: "heading", level: 2 } },
  { id: "heading3", makes: { type: "heading", level: 3 } },
  { id: "bullets", makes: { type: "unordered-list-item" } },
  { id: "numbers", makes: { type: "ordered-list-item" } },
  { id: "tasks", makes: { type: "task-list-item", checked: false } },
  { id: "quote", makes: { type: "blockquote" } },
  { id: "code", makes: { type: "code-block" } },
  { id: "table", makes: { type: "table" } },
] as const satisfies readonly { id: string; makes: Omit<Marker, "parents"> }[];

export type Choice = (typeof CHOICES)[number];

/** What the menu offers besides: what is made of it is chosen from the device. */
const FILE = { id: "file" } as const;

/** A line of the menu. */
export type Offer = Choice | typeof FILE;

/** What a line becomes by a choice. */
export function madeBy(id: Choice["id"]): Omit<Marker, "parents"> {
  return CHOICES.find((choice) => choice.id === id)?.makes ?? { type: "paragraph" };
}

/** A slash and what was typed behind it. */
export interface Asked {
  readonly from: number;
  readonly to: number;
  readonly query: string;
}

/** What is being asked of the menu, if the caret stands behind a slash that begins a word. */
export function asked(state: EditorState): Asked | null {
  const { $from, empty } = state.selection;
  if (!empty || isLiteral($from.parent.type.name) || !$from.parent.isTextblock) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset);
  const match = /(?:^|\s)\/([\p{L}\p{M}\p{N}'’-]{0,30})$/u.exec(before);
  const query = match?.[1];
  return query === undefined ? null : { from: $from.pos - query.length - 1, to: $from.pos, query };
}

/** The choices whose name, in the language of the person, has the query in it; those that begin with it first. */
export function choicesFor(query: string, nameOf: (offer: Offer) => string): Offer[] {
  const wanted = folded(query);
  const found = [...CHOICES, FILE].filter((choice) => folded(nameOf(choice)).includes(wanted));
  const rank = (choice: Offer) => (folded(nameOf(choice)).startsWith(wanted) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Does what was chosen: what was asked with goes, and the line becomes that. */
export function choose(state: EditorState, { from, to }: Asked, choice: Offer): Transaction {
  const transaction = state.tr.delete(from, to);
  if (choice.id === FILE.id) return transaction.scrollIntoView();
  const place = placeAt(transaction.doc, transaction.selection.$from.index(0));
  if (place === null) return transaction;
  become(transaction, place, { ...choice.makes, parents: place.marker.parents });
  if (choice.id === "table" && place.node.content.size === 0) transaction.insertText(EMPTY_TABLE, place.at + 1);
  return transaction.scrollIntoView();
}

const EMPTY_TABLE = "|  |  |\n|---|---|\n|  |  |";
