/** Text that is inserted takes on marks from what it stands in, as the document decides: where that is not what was meant. */

import type { MarkSet, Patch } from "@automerge/automerge/slim";
import { MARK_NAMES, type Mark, type MarkName, type MarkValue } from "./blocks";
import { sizeOf, type Edit, type Text } from "./difference";
import { moveOf } from "./moves";
import { markSaying } from "./spans";

export interface WrongMark {
  readonly from: number;
  readonly to: number;
  readonly name: MarkName;
  readonly value: MarkValue | null;
}

/** Where inserted text is marked other than the edit says, at places of the document after it. */
export function wrongMarks(edit: Edit, patches: readonly Patch[], inDocument: (place: number) => number): WrongMark[] {
  const written = writtenBy(patches);
  const out: WrongMark[] = [];
  let moved = 0;
  for (const splice of edit.splices) {
    let at = inDocument(splice.at) + moved;
    for (const piece of splice.inserted) {
      if ("text" in piece) out.push(...wrongIn(piece, at, written));
      at += sizeOf([piece]);
    }
    moved += sizeOf(splice.inserted) - sizeOf(splice.removed);
  }
  return out;
}

function wrongIn({ text, marks }: Text, at: number, written: readonly Written[]): WrongMark[] {
  const out: WrongMark[] = [];
  for (const name of MARK_NAMES) {
    const wanted = line(text.length, name, marks);
    differing(wanted, actual(at, text.length, name, written), (from, to, value) => {
      out.push({ from: at + from, to: at + to, name, value });
    });
  }
  return out;
}

/** Text that came into the body: where it is now, and what marks it was given. */
interface Written {
  readonly at: number;
  readonly length: number;
  readonly marks: MarkSet;
}

/** The text that patches, one after the other, put into the body, where it is after all of them. */
function writtenBy(patches: readonly Patch[]): Written[] {
  let out: Written[] = [];
  for (const patch of patches) {
    for (const { at, removed, inserted } of moveOf(patch)) {
      out = out.map((one) => ({ ...one, at: one.at >= at + removed ? one.at - removed + inserted : one.at }));
    }
    const at = patch.path[1];
    if (patch.action !== "splice" || patch.path[0] !== "body" || typeof at !== "number") continue;
    if (patch.path.length === 2) out.push({ at, length: patch.value.length, marks: patch.marks ?? {} });
  }
  return out;
}

type Line = (MarkValue | null)[];

function line(length: number, name: MarkName, marks: readonly Mark[]): Line {
  const out: Line = new Array<MarkValue | null>(length).fill(null);
  for (const mark of marks) if (mark.type === name) out.fill(mark.value, mark.from, mark.to);
  return out;
}

/** The marks of one name that the document gave to text at a place. */
function actual(at: number, length: number, name: MarkName, written: readonly Written[]): Line {
  const out: Line = new Array<MarkValue | null>(length).fill(null);
  for (const one of written) {
    const mark = markSaying(name, one.marks[name], 0, 1);
    if (mark !== null) out.fill(mark.value, Math.max(0, one.at - at), Math.max(0, one.at + one.length - at));
  }
  return out;
}

function differing(wanted: Line, is: Line, each: (from: number, to: number, value: MarkValue | null) => void): void {
  for (let from = 0; from < wanted.length; ) {
    let to = from + 1;
    if (wanted[from] !== is[from]) {
      while (to < wanted.length && wanted[to] !== is[to] && wanted[to] === wanted[from]) to += 1;
      each(from, to, wanted[from] ?? null);
    }
    from = to;
  }
}
