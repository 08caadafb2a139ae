/**
 * Undoing what was done here, and nothing that others did. What was inserted here goes, letter by letter known; what was
 * deleted here comes back where it stood; a block or a format goes back only where it still says what was said here.
 */

import { markerOf, sameMarker, sameParents, type Block, type MarkValue, type Marker } from "./blocks";
import { sizeOf, type Amendment, type Edit, type Formatting, type Piece, type Splice } from "./difference";
import type { Run } from "./identities";
import type { Done } from "./done";
import type { PageReplica } from "./page-replica";
import { piecesAt, slice } from "./pieces";

/** What was deleted, with the numbers it has. */
interface Gone {
  readonly run: Run;
  readonly pieces: readonly Piece[];
}

/** One thing that was done. */
interface Deed {
  readonly born: readonly Run[];
  readonly gone: readonly Gone[];
  readonly amendments: readonly { readonly marker: Run; readonly before: Marker; readonly after: Marker }[];
  readonly formats: readonly { readonly runs: readonly Run[]; readonly format: Formatting }[];
}

/** What is undone in one go. */
interface Step {
  readonly deeds: readonly Deed[];
  readonly at: number;
}

/** How many steps can be undone. */
const STEPS_MOST = 500;

/** Typing on within this many milliseconds belongs to the same step. */
const PAUSE = 600;

export class LocalHistory {
  private done: Step[] = [];
  private undone: Step[] = [];

  constructor(private readonly replica: PageReplica) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Takes down what was done at this time, in milliseconds; `joins` if it is part of what was done just before. */
  record(done: Done, at: number, joins = false): void {
    const deed = deedOf(done);
    this.undone = [];
    const last = this.done.at(-1);
    if (joins && last !== undefined) {
      this.done[this.done.length - 1] = { deeds: [...last.deeds, deed], at };
      return;
    }
    const before = last?.deeds.at(-1);
    if (last !== undefined && before !== undefined && at - last.at < PAUSE && goesOn(before, deed)) {
      const deeds = [...last.deeds.slice(0, -1), joined(before, deed)];
      this.done[this.done.length - 1] = { deeds, at };
      return;
    }
    this.done.push({ deeds: [deed], at });
    if (this.done.length > STEPS_MOST) this.done.shift();
  }

  /** The next thing done begins a step of its own. */
  pause(): void {
    const last = this.done.at(-1);
    if (last !== undefined) this.done[this.done.length - 1] = { ...last, at: -Infinity };
  }

  /** Undoes the last step. Where in the body that was, or nothing if there was nothing to undo. */
  undo(): number | null {
    return this.turn(this.done, this.undone);
  }

  redo(): number | null {
    return this.turn(this.undone, this.done);
  }

  /** Takes back steps until one changes something: others may have done away with what a step did. */
  private turn(from: Step[], to: Step[]): number | null {
    for (;;) {
      const step = from.pop();
      if (step === undefined) return null;
      let at: number | null = null;
      const deeds: Deed[] = [];
      for (const deed of [...step.deeds].reverse()) {
        const inverse = inverseOf(deed, this.replica);
        if (inverse === null) continue;
        deeds.push(deedOf(this.replica.edit(inverse.edit, null, inverse.revived)));
        at = inverse.at;
      }
      if (deeds.length === 0) continue;
      to.push({ deeds, at: -Infinity });
      return at;
    }
  }
}

function deedOf(done: Done): Deed {
  const born = done.splices.flatMap(({ born: run }) => (run === null ? [] : [run]));
  const gone = done.splices.flatMap(({ splice, gone: runs }) => dealt(splice.removed, runs));
  const amendments = done.amendments.map(({ amendment, marker }) => ({
    marker,
    before: amendment.before,
    after: amendment.after,
  }));
  return { born, gone, amendments, formats: done.formats };
}

/** The pieces that belong to each run. */
function dealt(pieces: readonly Piece[], runs: readonly Run[]): Gone[] {
  let from = 0;
  return runs.map((run) => {
    const own = slice(pieces, from, from + run.count);
    from += run.count;
    return { run, pieces: own };
  });
}

/** Whether a deed only goes on with the one before: typing on, or deleting on. */
function goesOn(before: Deed, deed: Deed): boolean {
  const plain = [before, deed].every(({ amendments, formats }) => amendments.length + formats.length === 0);
  const text = (gone: readonly Gone[]) => gone.every(({ pieces }) => pieces.every((piece) => "text" in piece));
  if (!plain || !text(before.gone) || !text(deed.gone)) return false;
  const typing = before.gone.length + deed.gone.length === 0 && before.born.length === 1 && deed.born.length === 1;
  const deleting = before.born.length + deed.born.length === 0;
  return typing ? adjoins(before.born[0] as Run, deed.born[0] as Run) : deleting;
}

/** Runs that were numbered one after the other were typed one after the other. */
function adjoins(before: Run, run: Run): boolean {
  return before.first + before.count === run.first;
}

function joined(before: Deed, deed: Deed): Deed {
  const [a, b] = [before.born[0], deed.born[0]];
  const born = a !== undefined && b !== undefined ? [{ first: a.first, count: a.count + b.count }] : [];
  return { born, gone: [...before.gone, ...deed.gone], amendments: [], formats: [] };
}

interface Inverse {
  readonly edit: Edit;
  readonly revived: ReadonlyMap<number, Run>;
  /** Where it leaves off. */
  readonly at: number;
}

/** What takes a deed back as things stand now; nothing if nothing of it is left. */
function inverseOf(deed: Deed, replica: PageReplica): Inverse | null {
  const found: { splice: Splice; run: Run | null; rank: number }[] = [];
  for (const run of deed.born) {
    for (const placed of replica.find(run)) {
      found.push({ splice: { at: placed.at, removed: piecesAt(replica.blocks, placed), inserted: [] }, run: null, rank: placed.rank });
    }
  }
  for (const { run, pieces } of deed.gone) {
    for (const placed of replica.findGone(run)) {
      const from = placed.first - run.first;
      const inserted = slice(pieces, from, from + placed.count);
      found.push({ splice: { at: placed.at, removed: [], inserted }, run: { first: placed.first, count: placed.count }, rank: placed.rank });
    }
  }
  found.sort((a, b) => a.rank - b.rank);
  const edit: Edit = {
    splices: found.map(({ splice }) => splice),
    amendments: deed.amendments.flatMap((one) => amendmentBack(one, replica)),
    formats: deed.formats.flatMap((one) => formatsBack(one, replica)),
  };
  if (edit.splices.length + edit.amendments.length + edit.formats.length === 0) return null;
  const revived = new Map(found.flatMap(({ run }, index) => (run === null ? [] : [[index, run] as const])));
  return { edit, revived, at: endOf(edit) };
}

/** Where the caret belongs after an edit. */
function endOf({ splices, amendments, formats }: Edit): number {
  let moved = 0;
  let at = formats[0]?.to ?? 0;
  const amended = amendments[0];
  if (amended !== undefined) at = amended.at + 1;
  for (const splice of splices) {
    at = splice.at + moved + sizeOf(splice.inserted);
    moved += sizeOf(splice.inserted) - sizeOf(splice.removed);
  }
  return at;
}

/** Entry by entry: only what still says what was said here. */
function amendmentBack({ marker, before, after }: Deed["amendments"][number], replica: PageReplica): Amendment[] {
  const placed = replica.find(marker)[0];
  if (placed === undefined) return [];
  const now = markerAt(replica.blocks, placed.at);
  if (now === null) return [];
  // A block's kind and what belongs to the kind go back together.
  const kindIsOurs = sameMarker({ ...now, parents: [] }, { ...after, parents: [] });
  const kind = kindIsOurs ? before : now;
  const parents = sameParents(now, after) ? before.parents : now.parents;
  const back = { ...markerOf(kind), parents };
  return sameMarker(back, now) ? [] : [{ at: placed.at, before: now, after: back }];
}

function markerAt(blocks: readonly Block[], place: number): Marker | null {
  let start = 0;
  for (const block of blocks) {
    if (start === place) return markerOf(block);
    start += 1 + block.text.length;
  }
  return null;
}

function formatsBack({ runs, format }: Deed["formats"][number], replica: PageReplica): Formatting[] {
  const { name, before, after } = format;
  const out: Formatting[] = [];
  for (const placed of runs.flatMap((run) => replica.find(run))) {
    for (const [from, to, value] of valuesAt(replica.blocks, name, placed)) {
      if (value === after) out.push({ from, to, name, before: after, after: before });
    }
  }
  return out;
}

/** The marks of one name over a stretch of the body: from where to where, and what. */
function valuesAt(
  blocks: readonly Block[],
  name: string,
  { at, count }: { at: number; count: number },
): [number, number, MarkValue | null][] {
  const out: [number, number, MarkValue | null][] = [];
  let start = 0;
  for (const block of blocks) {
    const own = block.marks.filter((mark) => mark.type === name);
    const text = start + 1;
    const edges = [0, block.text.length, ...own.flatMap((mark) => [mark.from, mark.to])].sort((a, b) => a - b);
    for (const [index, edge] of edges.slice(0, -1).entries()) {
      const from = Math.max(at, text + edge);
      const to = Math.min(at + count, text + (edges[index + 1] as number));
      const value = own.find((mark) => mark.from <= edge && edge < mark.to)?.value ?? null;
      if (from < to) out.push([from, to, value]);
    }
    start += 1 + block.text.length;
  }
  return out;
}
