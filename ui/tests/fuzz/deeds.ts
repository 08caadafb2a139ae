/** What people do in an editor, at random. */

import { toggleMark } from "prosemirror-commands";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { isContainer, isLiteral, takesMarks, type Block, type Container, type MarkName, type Marker } from "../../src/editor/blocks";
import { nodeOf } from "../../src/editor/nodes";
import { putBlocks } from "../../src/editor/paste";
import { schema } from "../../src/editor/schema";
import { breakLine, eraseBackward, eraseForward, indent, makeInto, newLine, outdent, placeAt, tick, type Place } from "../../src/editor/typing";
import type { Chance } from "./chance";

/** Something done, or nothing if it was not possible; `moves` if text was taken out and put in elsewhere. */
export interface Deed {
  readonly name: string;
  readonly moves?: boolean;
  readonly do: (state: EditorState) => Transaction | null;
}

/**
 * Text in which every character is found once in a whole run, so that one that is lost or doubled shows. Every other one
 * takes two UTF-16 units.
 */
export class Alphabet {
  private used = 0;

  text(length: number): string {
    let out = "";
    for (let index = 0; index < length; index += 1) {
      this.used += 1;
      out += String.fromCodePoint((this.used % 2 === 0 ? 0x4e00 : 0x20000) + (this.used >> 1));
      if (index % 5 === 4) out += " ";
    }
    return out;
  }
}

const KINDS: readonly Omit<Marker, "parents">[] = [
  { type: "paragraph" },
  { type: "heading", level: 1 },
  { type: "heading", level: 3 },
  { type: "unordered-list-item" },
  { type: "ordered-list-item" },
  { type: "ordered-list-item", start: 4 },
  { type: "task-list-item", checked: false },
  { type: "task-list-item", checked: true },
  { type: "blockquote" },
  { type: "code-block" },
  { type: "code-block", language: "sql" },
  { type: "table" },
  { type: "attachment", attachment: { id: "a1".repeat(32), name: "llifogydd.png", media_type: "image/png", size: 48_213 } },
  { type: "attachment", attachment: { id: "b2".repeat(32), name: "rota.pdf", media_type: "application/pdf", size: 104_857_600 } },
  // Names no file.
  { type: "attachment" },
  // What a newer Hedgerow may know.
  { type: "drawing" },
];

/** Some blocks, some of them in others, some of their text marked. */
export function someBlocks(chance: Chance, alphabet: Alphabet, count: number): Block[] {
  const out: Block[] = [];
  let open: Container[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = chance.one(KINDS);
    const parents = open.slice(0, chance.between(0, Math.min(3, open.length)));
    const text = kind.type === "table" ? `| ${alphabet.text(3)} |\n|---|\n| ${alphabet.text(2)} |` : alphabet.text(chance.between(0, 9));
    out.push({ ...kind, parents, text, marks: takesMarks({ ...kind, parents }) ? someMarks(chance, text) : [] });
    open = kind.type.includes("list-item") || kind.type === "blockquote" ? [...parents, kind.type as Container] : parents;
  }
  return out;
}

function someMarks(chance: Chance, text: string): Block["marks"] {
  const edges = edgesOf(text);
  if (edges.length < 2 || chance.chance(0.5)) return [];
  const [a, b] = [chance.one(edges), chance.one(edges)];
  const type = chance.one<MarkName>(["strong", "em", "code", "link"]);
  return a === b ? [] : [{ from: Math.min(a, b), to: Math.max(a, b), type, value: type === "link" ? "https://example.org/a" : true }];
}

/** The places between characters. */
function edgesOf(text: string): number[] {
  const edges = [0];
  for (const character of text) edges.push((edges.at(-1) as number) + character.length);
  return edges;
}

/** A place in the editor where a caret can be. */
export function anywhere(chance: Chance, state: EditorState): number {
  const place = placeAt(state.doc, chance.between(0, state.doc.childCount - 1));
  return place === null ? 1 : place.at + 1 + chance.one(edgesOf(place.node.textContent));
}

function near(chance: Chance, state: EditorState, position: number): number {
  if (chance.chance(0.3)) return anywhere(chance, state);
  const { parent, parentOffset } = state.doc.resolve(position);
  const edges = edgesOf(parent.textContent);
  const at = edges.indexOf(parentOffset);
  const to = edges[Math.min(edges.length - 1, at + chance.between(0, 5))] ?? parentOffset;
  return position + to - parentOffset;
}

/** A deed with the caret somewhere else first. */
function at(chance: Chance, name: string, deed: (state: EditorState) => Transaction | null): Deed {
  return {
    name,
    do: (state) => {
      const anchor = anywhere(chance, state);
      const head = chance.chance(0.8) ? anchor : near(chance, state, anchor);
      return chained(state, state.tr.setSelection(TextSelection.create(state.doc, anchor, head)), deed);
    },
  };
}

/** Over a stretch of text. */
function over(chance: Chance, name: string, deed: (state: EditorState) => Transaction | null): Deed {
  return {
    name,
    do: (state) => {
      const from = anywhere(chance, state);
      const to = near(chance, state, from);
      return chained(state, state.tr.setSelection(TextSelection.create(state.doc, from, to)), deed);
    },
  };
}

/** A deed that follows another transaction, as one. */
function chained(state: EditorState, first: Transaction, deed: (state: EditorState) => Transaction | null): Transaction | null {
  const second = deed(state.apply(first));
  for (const step of second?.steps ?? []) first.step(step);
  return first.docChanged ? first : null;
}

/** Where a block or mark begins or ends: where text may go to the one or to the other. */
function typeAtEdge(chance: Chance, alphabet: Alphabet): Deed {
  return at(chance, "type at an edge", (state) => {
    const { $from } = state.selection;
    const edges = [0, $from.parent.content.size];
    $from.parent.forEach((node, offset) => edges.push(offset, offset + node.nodeSize));
    const position = $from.start() + chance.one(edges);
    const marks = isLiteral($from.parent.type.name) ? [] : chance.one([[], [schema.mark("strong")], state.doc.resolve(position).marks()]);
    return state.tr.insert(position, schema.text(alphabet.text(1), marks));
  });
}

function move(chance: Chance): Deed {
  const deed = at(chance, "move a block", (state) => {
    const from = placeAt(state.doc, chance.between(0, state.doc.childCount - 1));
    if (from === null || state.doc.childCount < 2) return null;
    const transaction = state.tr.delete(from.at, from.at + from.node.nodeSize);
    const to = placeAt(transaction.doc, chance.between(0, transaction.doc.childCount - 1));
    return to === null ? null : transaction.insert(to.at, from.node);
  });
  return { ...deed, moves: true };
}

function deleteBlock(chance: Chance): Deed {
  return at(chance, "delete a block", (state) => {
    const place = placeAt(state.doc, chance.between(0, state.doc.childCount - 1));
    return place === null || state.doc.childCount < 2 ? null : state.tr.delete(place.at, place.at + place.node.nodeSize);
  });
}

function changeKind(chance: Chance): Deed {
  return over(chance, "change the kind", makeInto(chance.one(KINDS)));
}

function toggle(chance: Chance): Deed {
  const type = chance.one<MarkName>(["strong", "em", "code", "link"]);
  return over(chance, `toggle ${type}`, (state) => {
    let made: Transaction | null = null;
    const attrs = type === "link" ? { href: chance.one(["https://example.org/a", "mailto:b@example.org"]) } : null;
    toggleMark(schema.marks[type] as NonNullable<(typeof schema.marks)[string]>, attrs)(state, (transaction) => {
      made = transaction;
    });
    return made;
  });
}

/** The next thing that somebody does. */
export function someDeed(chance: Chance, alphabet: Alphabet): Deed {
  const deed = chance.weighed<() => Deed>([
    [14, () => at(chance, "type", ({ tr }) => tr.insertText(alphabet.text(chance.between(1, 6))))],
    [8, () => typeAtEdge(chance, alphabet)],
    [6, () => over(chance, "delete", ({ tr }) => tr.deleteSelection())],
    [4, () => over(chance, "replace", ({ tr }) => tr.insertText(alphabet.text(2)))],
    [8, () => at(chance, "enter", newLine)],
    [2, () => at(chance, "break a line", breakLine)],
    [3, () => beginningOf(chance, "backspace", eraseBackward)],
    [2, () => endOf(chance, "delete key", eraseForward)],
    [8, () => toggle(chance)],
    [8, () => changeKind(chance)],
    [6, () => inItem(chance, "indent", indent)],
    [4, () => inItem(chance, "outdent", outdent)],
    [4, () => tickSome(chance)],
    [4, () => over(chance, "paste", (state) => putBlocks(state, someBlocks(chance, alphabet, chance.between(1, 4))))],
    [2, () => at(chance, "insert a block", (state) => insertBlock(state, chance, alphabet))],
    [2, () => move(chance)],
    [3, () => deleteBlock(chance)],
  ]);
  return deed();
}

function insertBlock(state: EditorState, chance: Chance, alphabet: Alphabet): Transaction | null {
  const place = placeAt(state.doc, state.selection.$from.index(0));
  const [block] = someBlocks(chance, alphabet, 1);
  return place === null || block === undefined ? null : state.tr.insert(place.at, nodeOf(block));
}

/** With the caret in something that lies in a list or is an item of one. */
function inItem(chance: Chance, name: string, deed: (state: EditorState) => Transaction | null): Deed {
  return at(chance, name, (state) => {
    const items = placesIn(state).filter(({ marker }) => isContainer(marker.type) || marker.parents.length > 0);
    if (items.length === 0) return null;
    return chained(state, state.tr.setSelection(TextSelection.create(state.doc, chance.one(items).at + 1)), deed);
  });
}

function tickSome(chance: Chance): Deed {
  return at(chance, "tick", (state) => {
    const tasks = placesIn(state).filter(({ marker }) => marker.type === "task-list-item");
    return tasks.length === 0 ? null : tick(chance.one(tasks).at + 1)(state);
  });
}

function placesIn(state: EditorState): Place[] {
  return state.doc.children.map((_, index) => placeAt(state.doc, index)).filter((place) => place !== null);
}

function beginningOf(chance: Chance, name: string, deed: (state: EditorState) => Transaction | null): Deed {
  return at(chance, name, (state) => {
    const start = state.selection.$from.start();
    return chained(state, state.tr.setSelection(TextSelection.create(state.doc, start)), deed);
  });
}

function endOf(chance: Chance, name: string, deed: (state: EditorState) => Transaction | null): Deed {
  return at(chance, name, (state) => {
    const end = state.selection.$from.end();
    return chained(state, state.tr.setSelection(TextSelection.create(state.doc, end)), deed);
  });
}
