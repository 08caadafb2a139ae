/** Two versions of a page as one drawing: what came underlined, what went struck through, what else changed in words. */

import { Decoration } from "prosemirror-view";
import type { Block } from "../editor/blocks";
import type { Range } from "../editor/view/author-tints";
import { differs, type ComparedBlock, type Run } from "./page-difference";

/** What is said of differences, in the person's language. */
export interface DifferenceWords {
  readonly added: string;
  readonly removed: string;
  /** What is said of a block beside its words; nothing where there is nothing to say. */
  readonly note: (block: ComparedBlock) => string;
}

/** Somewhere the versions differ. */
export interface Place extends Range {
  /** What differs there, in words. */
  readonly said: string;
}

export interface DrawnDifference {
  readonly blocks: readonly Block[];
  readonly over: readonly Decoration[];
  /** In order. */
  readonly places: readonly Place[];
}

export function drawDifference(compared: readonly ComparedBlock[], words: DifferenceWords): DrawnDifference {
  const [blocks, over, places]: [Block[], Decoration[], Place[]] = [[], [], []];
  let at = 0;
  for (const block of compared) {
    const text = block.runs.map((run) => run.text).join("");
    blocks.push({ ...block.marker, text, marks: marksOf(block.runs) });
    const end = at + text.length + 2;
    if (differs(block)) {
      const note = words.note(block);
      over.push(...decorations(block, at, end, words, note));
      places.push(...placesIn(block, at, end, words, note));
    }
    at = end;
  }
  return { blocks, over, places };
}

function marksOf(runs: readonly Run[]): Block["marks"] {
  let before = 0;
  return runs.flatMap(({ text, marks }) => {
    const moved = marks.map((mark) => ({ ...mark, from: mark.from + before, to: mark.to + before }));
    before += text.length;
    return moved;
  });
}

function decorations({ runs }: ComparedBlock, at: number, end: number, words: DifferenceWords, note: string): Decoration[] {
  // Of a table that differs the source is shown: in its drawing no word could be marked.
  const out = [Decoration.node(at, end, { class: "differs" }, { caret: true })];
  if (note !== "") out.push(Decoration.widget(at + 1, () => noteOf(note), { side: -1, key: note }));
  let from = at + 1;
  for (const { text, change } of runs) {
    const to = from + text.length;
    if (change === "added") out.push(Decoration.inline(from, to, { nodeName: "ins", "data-said": `${words.added} ` }));
    if (change === "removed") out.push(Decoration.inline(from, to, { nodeName: "del", "data-said": `${words.removed} ` }));
    from = to;
  }
  return out;
}

function noteOf(note: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "difference-note";
  made.textContent = note;
  return made;
}

/** What went and what came in its place is one difference; a block that has only a note is one too. */
function placesIn({ runs }: ComparedBlock, at: number, end: number, words: DifferenceWords, note: string): Place[] {
  const out: Place[] = [];
  let from = at + 1;
  let joins = false;
  for (const { text, change } of runs) {
    const to = from + text.length;
    const said = change === "added" ? `${words.added} ${text}` : `${words.removed} ${text}`;
    const last = out.at(-1);
    if (change !== "same" && joins && last !== undefined) out[out.length - 1] = { from: last.from, to, said: `${last.said}; ${said}` };
    else if (change !== "same") out.push({ from, to, said: note === "" || out.length > 0 ? said : `${note} ${said}` });
    joins = change !== "same";
    from = to;
  }
  return out.length > 0 ? out : [{ from: at + 1, to: end - 1, said: note }];
}
