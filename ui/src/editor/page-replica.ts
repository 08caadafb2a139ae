/**
 * The page that is open, as an Automerge document of its own: what the editor writes goes in as changes of the least size
 * and out as bytes for the node; what others wrote comes in as bytes. What it reads is the truth that the editor shows.
 */

import * as A from "@automerge/automerge/slim";
import {
  MARK_NAMES,
  grows,
  keeping,
  markerOf,
  sameBlocks,
  sameParents,
  type Block,
  type Mark,
  type MarkName,
  type MarkValue,
  type Marker,
} from "./blocks";
import type { ChangeFacts } from "./change-times";
import { deletedBy } from "./deletion";
import { sizeOf, type Amendment, type Edit, type Formatting, type Splice, type Text } from "./difference";
import { Identities, type Placed, type Run } from "./identities";
import { patched } from "./patched";
import { bodyOf, markSaying, type Body } from "./spans";

/** The page's document, as far as the editor knows it. */
type PageDocument = { body?: string };

const BODY: A.Prop[] = ["body"];

/** Something taken out and put in by others, in order, at places of the body as it is in the document at that moment. */
export interface Move {
  readonly at: number;
  readonly removed: number;
  readonly inserted: number;
}

/** What an edit did, by number: what undoing it needs to know. */
export interface Done {
  readonly splices: readonly { readonly splice: Splice; readonly gone: readonly Run[]; readonly born: Run | null }[];
  readonly amendments: readonly { readonly amendment: Amendment; readonly marker: Run }[];
  readonly formats: readonly { readonly format: Formatting; readonly runs: readonly Run[] }[];
}

/** An edit some of whose insertions bring back what was deleted, by the place of the splice among the edit's splices. */
export interface Revival {
  readonly edit: Edit;
  readonly revived: ReadonlyMap<number, Run>;
}

export interface ReplicaOptions {
  /** The line of editing that the node leased to this window: 40 bytes in hexadecimal. */
  readonly actor: string;
  /** What the clock says, in seconds; shown, never deciding. */
  readonly now: () => number;
  /** What the next change has to carry as its message, as the node gave it. */
  readonly message?: () => string | undefined;
  /** Takes each change to where it is kept. */
  readonly save: (change: Uint8Array) => void;
}

export class PageReplica {
  private document: A.Doc<PageDocument>;
  private body: Body;
  private readonly identities: Identities;
  private readonly watchers = new Set<(moves: readonly Move[]) => void>();

  constructor(
    bytes: Uint8Array,
    private readonly options: ReplicaOptions,
  ) {
    this.document = A.load<PageDocument>(bytes, { actor: options.actor });
    this.body = this.read();
    this.identities = new Identities(this.document.body?.length ?? 0);
  }

  /** What the page reads, in normal form. */
  get blocks(): readonly Block[] {
    return this.body.blocks;
  }

  /** Whether there is a body to write in. A page that its maker has not begun yet has none. */
  get isBegun(): boolean {
    return typeof this.document.body === "string";
  }

  /** The line of editing that deleted the page, if it is deleted. */
  get deletedBy(): string | null {
    return deletedBy(this.document);
  }

  get heads(): A.Heads {
    return A.getHeads(this.document);
  }

  /** The whole document, for whoever keeps a copy. */
  bytes(): Uint8Array {
    return A.save(this.document);
  }

  /** Between a place as the editor counts, where every block has a marker, and one in the document. */
  inDocument(place: number): number {
    return this.body.headless ? Math.max(0, place - 1) : place;
  }

  asShown(place: number): number {
    return this.body.headless ? place + 1 : place;
  }

  /** A place as the editor counts, as a cursor that moves with what stands there. None while there is no body. */
  cursorAt(place: number): A.Cursor | null {
    const length = this.document.body?.length;
    if (length === undefined) return null;
    const at = this.inDocument(place);
    return A.getCursor(this.document, BODY, at < length ? at : "end");
  }

  /** Where a cursor leads, as the editor counts; nowhere, where it speaks of something that has not come yet. */
  placeAt(cursor: A.Cursor): number | null {
    try {
      return this.asShown(A.getCursorPosition(this.document, BODY, cursor));
    } catch {
      return null;
    }
  }

  /** How many markers and characters the document holds. */
  get length(): number {
    return this.document.body?.length ?? 0;
  }

  /** The operations that made what stands from one place of the document up to another. */
  operations(from: number, to: number): string[] {
    // Past what reads the path each time: that takes twice as long.
    const automerge = A.getBackend(this.document);
    const body = objectAt(automerge, "_root", "body");
    if (body === null) return [];
    return Array.from({ length: to - from }, (_, at) => automerge.getCursor(body, from + at));
  }

  changeNames(): readonly string[] {
    return A.topoHistoryTraversal(this.document);
  }

  change(name: string): ChangeFacts | null {
    return A.getBackend(this.document).getChangeMetaByHash(name);
  }

  changesSince(heads: readonly string[]): readonly ChangeFacts[] {
    return A.getChangesMetaSince(this.document, [...heads]);
  }

  /** Tells what moves in the document from now on, until the way to stop is used. */
  watch(tell: (moves: readonly Move[]) => void): () => void {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  }

  /** Where those of a run are now, as the editor counts. */
  find(run: Run): Placed[] {
    return this.identities.find(run).map((placed) => ({ ...placed, at: this.asShown(placed.at) }));
  }

  /** Where those of a run would be that are gone, as the editor counts. */
  findGone(run: Run): Placed[] {
    return this.identities.findGone(run).map((placed) => ({ ...placed, at: this.asShown(placed.at) }));
  }

  /**
   * Makes an edit. `after` is what the body reads then; without it the body is read again.
   */
  edit(edit: Edit, after: readonly Block[] | null = null, revived: ReadonlyMap<number, Run> = new Map()): Done {
    if (this.body.headless && touchesBeginning(edit)) this.putMarker();
    const done = this.record(edit, revived);
    const patches = this.make((draft) => {
      for (const amendment of edit.amendments) this.amend(draft, amendment);
      for (const format of edit.formats) this.format(draft, format);
      for (const splice of [...edit.splices].reverse()) this.splice(draft, splice);
    });
    this.settleMarks(edit, patches);
    if (after === null || (this.body.hides && isStructural(edit))) this.body = this.read(this.blocks);
    else this.body = { ...this.body, blocks: after };
    return done;
  }

  /** Takes in what others wrote: changes that the node has let in. What moved by it, and from what to what. */
  receive(changes: readonly Uint8Array[]): Move[] {
    let patches: A.Patch[] = [];
    const patchCallback = (all: A.Patch[]) => {
      patches = all;
    };
    [this.document] = A.applyChanges(this.document, [...changes], { patchCallback });
    const moves = patches.flatMap(moveOf);
    for (const { at, removed, inserted } of moves) {
      this.identities.remove(at, removed);
      this.identities.insert(at, inserted);
    }
    this.body = patched(this.body, patches) ?? this.read(this.blocks);
    this.tell(moves);
    return moves;
  }

  /** Reads the body again. Whether what was taken to stand there was so: it is, but for what nobody has thought of. */
  verify(): boolean {
    const shown = this.body;
    this.body = this.read(this.blocks);
    return sameBlocks(shown.blocks, this.body.blocks) && shown.headless === this.body.headless;
  }

  /** What the body reads. Blocks that read as before are the same ones, so that they need not be drawn again. */
  private read(before: readonly Block[] = []): Body {
    const body = bodyOf(this.isBegun ? A.spans(this.document, BODY) : []);
    return { ...body, blocks: keeping(before, body.blocks) };
  }

  private tell(moves: readonly Move[]): void {
    if (moves.length > 0) for (const tell of this.watchers) tell(moves);
  }

  private make(make: (draft: A.Doc<PageDocument>) => void): A.Patch[] {
    let patches: A.Patch[] = [];
    const patchCallback = (all: A.Patch[]) => {
      patches = all;
    };
    const message = this.options.message?.();
    const how = { time: this.options.now(), patchCallback, ...(message === undefined ? {} : { message }) };
    const before = this.document;
    this.document = A.change(before, how, make);
    // Where nothing was changed it is the same document, and its last change an old one.
    const bytes = this.document === before ? undefined : A.getLastLocalChange(this.document);
    if (bytes !== undefined) this.options.save(bytes);
    if (this.watchers.size > 0) this.tell(patches.flatMap(moveOf));
    return patches;
  }

  /** Text that stands before any marker is a paragraph only as long as it stands first. */
  private putMarker(): void {
    this.make((draft) => {
      A.splitBlock(draft, BODY, 0, markerValue({ type: "paragraph", parents: [] }));
    });
    this.identities.insert(0, 1);
    this.body = { ...this.body, headless: false };
  }

  /** Takes down which markers and characters the edit makes, deletes and changes. */
  private record(edit: Edit, revived: ReadonlyMap<number, Run>): Done {
    const amendments = edit.amendments.map((amendment) => ({ amendment, marker: this.runAt(amendment.at, 1)[0] as Run }));
    const formats = edit.formats.map((format) => ({ format, runs: this.runAt(format.from, format.to - format.from) }));
    const splices = [...edit.splices.entries()].reverse().map(([index, splice]) => {
      const at = this.inDocument(splice.at);
      const gone = this.identities.remove(at, sizeOf(splice.removed));
      const back = revived.get(index);
      if (back !== undefined) this.identities.revive(back);
      const size = sizeOf(splice.inserted);
      const born = back ?? (size === 0 ? null : this.identities.insert(at, size));
      return { splice, gone, born };
    });
    return { splices: splices.reverse(), amendments, formats };
  }

  private runAt(at: number, count: number): Run[] {
    return this.identities.at(this.inDocument(at), count);
  }

  private splice(draft: A.Doc<PageDocument>, splice: Splice): void {
    let at = this.inDocument(splice.at);
    const removed = sizeOf(splice.removed);
    const [only] = splice.inserted;
    if (splice.inserted.length === 1 && only !== undefined && "text" in only) {
      A.splice(draft, BODY, at, removed, only.text);
      return;
    }
    if (removed > 0) A.splice(draft, BODY, at, removed);
    for (const piece of splice.inserted) {
      if ("marker" in piece) A.splitBlock(draft, BODY, at, markerValue(piece.marker));
      else A.splice(draft, BODY, at, 0, piece.text);
      at += sizeOf([piece]);
    }
  }

  private format(draft: A.Doc<PageDocument>, { from, to, name, after }: Formatting): void {
    this.mark(draft, this.inDocument(from), this.inDocument(to), name, after);
  }

  private mark(draft: A.Doc<PageDocument>, start: number, end: number, name: MarkName, value: MarkValue | null): void {
    const range = { start, end, expand: grows(name) ? ("after" as const) : ("none" as const) };
    if (value === null) A.unmark(draft, BODY, range, name);
    else A.mark(draft, BODY, range, name, value);
  }

  /**
   * Makes a marker say something else entry by entry, so that two people who change different things about a block both
   * keep their change. Automerge's own `updateBlock` would put another marker in its place: two who do so at once would
   * have two.
   */
  private amend(draft: A.Doc<PageDocument>, { at, before, after }: Amendment): void {
    const automerge = A.getBackend(draft);
    const body = objectAt(automerge, "_root", "body");
    const marker = body === null ? null : objectAt(automerge, body, this.inDocument(at));
    if (marker === null) return;
    if (before.type !== after.type) automerge.put(marker, "type", after.type, "str");
    const [old, wanted] = [entriesOf(before), entriesOf(after)];
    const attrs = objectAt(automerge, marker, "attrs") ?? automerge.putObject(marker, "attrs", {});
    for (const key of ATTRIBUTES) {
      const [was, is] = [old[key], wanted[key]];
      if (was === is && before.type === after.type) continue;
      if (is !== undefined) automerge.put(attrs, key, is, typeof is === "number" ? "int" : undefined);
      else if (automerge.get(attrs, key) !== undefined) automerge.delete(attrs, key);
    }
    if (!sameParents(before, after)) {
      const parents = automerge.putObject(marker, "parents", []);
      after.parents.forEach((name, index) => automerge.insert(parents, index, name, "str"));
    }
  }

  /**
   * Text that is inserted takes on marks from what it stands in, as the document decides: where that is not what the
   * editor shows, it is set right.
   */
  private settleMarks(edit: Edit, patches: readonly A.Patch[]): void {
    const wrong = wrongMarks(edit, patches, (place) => this.inDocument(place));
    if (wrong.length === 0) return;
    this.make((draft) => {
      for (const { from, to, name, value } of wrong) this.mark(draft, from, to, name, value);
    });
  }
}

/**
 * Whether an edit could leave the first block, which has no marker, without the text that makes it one, or put something
 * before that text.
 */
function touchesBeginning({ splices, amendments }: Edit): boolean {
  return splices.some(({ at, removed }) => at <= 1 || removed.length > 0) || amendments.some(({ at }) => at === 0);
}

/** Whether an edit changes what stands for blocks, and not text alone. */
function isStructural({ splices, amendments }: Edit): boolean {
  const marker = splices.some(({ removed, inserted }) => [...removed, ...inserted].some((piece) => "marker" in piece));
  return marker || amendments.length > 0;
}

function objectAt(automerge: ReturnType<typeof A.getBackend>, object: string, prop: A.Prop): string | null {
  const found = automerge.getWithType(object, prop);
  const isObject = found !== null && found !== undefined && ["map", "list", "text", "table"].includes(found[0]);
  return isObject ? (found[1] as string) : null;
}

const ATTRIBUTES = ["level", "start", "checked", "language"] as const;

function entriesOf(marker: Marker): Partial<Record<(typeof ATTRIBUTES)[number], number | boolean | string>> {
  const { level, start, checked, language } = markerOf(marker);
  return {
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language }),
  };
}

/** A marker as the document holds it: its texts are values, not texts that could be edited letter by letter. */
function markerValue(marker: Marker): { [key: string]: A.MaterializeValue } {
  const text = (value: string) => new A.ImmutableString(value);
  const attrs = Object.fromEntries(
    Object.entries(entriesOf(marker)).map(([key, value]) => [key, typeof value === "string" ? text(value) : value]),
  );
  return { type: text(marker.type), parents: marker.parents.map(text), attrs, isEmbed: false };
}

/** What a patch moved in the body. */
function moveOf(patch: A.Patch): Move[] {
  const [root, at] = patch.path;
  if (root !== "body" || patch.path.length !== 2 || typeof at !== "number") return [];
  if (patch.action === "splice") return [{ at, removed: 0, inserted: patch.value.length }];
  if (patch.action === "insert") return [{ at, removed: 0, inserted: patch.values.length }];
  if (patch.action === "del") return [{ at, removed: patch.length ?? 1, inserted: 0 }];
  return [];
}

interface WrongMark {
  readonly from: number;
  readonly to: number;
  readonly name: MarkName;
  readonly value: MarkValue | null;
}

/** Where inserted text is marked other than the edit says, at places of the document after it. */
function wrongMarks(edit: Edit, patches: readonly A.Patch[], inDocument: (place: number) => number): WrongMark[] {
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
  readonly marks: A.MarkSet;
}

/** The text that patches, one after the other, put into the body, where it is after all of them. */
function writtenBy(patches: readonly A.Patch[]): Written[] {
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
