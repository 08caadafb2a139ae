/**
 * The page that is open, as an Automerge document of its own: what the editor writes goes in as changes of the least size
 * and out as bytes for the node; what others wrote comes in as bytes. What it reads is the truth that the editor shows.
 */

import * as A from "@automerge/automerge/slim";
import { keeping, sameBlocks, type Block } from "./blocks";
import { amendMarker, BODY, bodyIn, writeMark, writeMarker, writeSplice, type PageDocument } from "./body-writing";
import type { ChangeFacts } from "./change-times";
import { deletedBy } from "./deletion";
import { sizeOf, type Edit } from "./difference";
import type { Done } from "./done";
import { Identities, type Placed, type Run } from "./identities";
import { wrongMarks } from "./marks-taken-on";
import { moveOf, type Move } from "./moves";
import { patched } from "./patched";
import { bodyOf, type Body } from "./spans";

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
  /** The change that was made here last. */
  private lastMade: Uint8Array | null = null;
  private readonly watchers = new Set<(moves: readonly Move[]) => void>();
  private readonly fieldWatchers = new Set<(patches: readonly A.Patch[], isHere: boolean) => void>();

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
    const body = bodyIn(automerge);
    if (body === null) return [];
    return Array.from({ length: to - from }, (_, at) => automerge.getCursor(body, from + at));
  }

  changeNames(): readonly string[] {
    return A.topoHistoryTraversal(this.document);
  }

  change(name: string): ChangeFacts | null {
    return A.getBackend(this.document).getChangeMetaByHash(name);
  }

  /** Whether the page, as another copy has it, lacks what was written here. */
  isDroppedFrom(other: PageReplica): boolean {
    return this.lastMade !== null && other.change(A.decodeChange(this.lastMade).hash) === null;
  }

  changesSince(heads: readonly string[]): readonly ChangeFacts[] {
    return A.getChangesMetaSince(this.document, [...heads]);
  }

  /** Tells what moves in the document from now on, until the way to stop is used. */
  watch(tell: (moves: readonly Move[]) => void): () => void {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  }

  /** What the page says beside its body, as the document holds it. */
  get fields(): Readonly<Record<string, unknown>> {
    return this.document;
  }

  /** Changes something that is not the body, as one change; what the document says came of it. */
  alter(make: (draft: Record<string, unknown>) => void): readonly A.Patch[] {
    return this.make(make);
  }

  /** Tells what changes beside the body from now on, here or elsewhere, until the way to stop is used. */
  watchFields(tell: (patches: readonly A.Patch[], isHere: boolean) => void): () => void {
    this.fieldWatchers.add(tell);
    return () => this.fieldWatchers.delete(tell);
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
      for (const amendment of edit.amendments) amendMarker(draft, this.inDocument(amendment.at), amendment);
      for (const { from, to, name, after } of edit.formats) writeMark(draft, this.inDocument(from), this.inDocument(to), name, after);
      for (const splice of [...edit.splices].reverse()) writeSplice(draft, this.inDocument(splice.at), splice);
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
    this.tellOfFields(patches, false);
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

  private tellOfFields(patches: readonly A.Patch[], isHere: boolean): void {
    const concerned = this.fieldWatchers.size === 0 ? [] : patches.filter(({ path }) => path[0] !== "body");
    if (concerned.length > 0) for (const tell of this.fieldWatchers) tell(concerned, isHere);
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
    if (bytes !== undefined) {
      this.lastMade = bytes;
      this.options.save(bytes);
    }
    if (this.watchers.size > 0) this.tell(patches.flatMap(moveOf));
    this.tellOfFields(patches, true);
    return patches;
  }

  /** Text that stands before any marker is a paragraph only as long as it stands first. */
  private putMarker(): void {
    this.make((draft) => {
      writeMarker(draft, 0, { type: "paragraph", parents: [] });
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

  /**
   * Text that is inserted takes on marks from what it stands in, as the document decides: where that is not what the
   * editor shows, it is set right.
   */
  private settleMarks(edit: Edit, patches: readonly A.Patch[]): void {
    const wrong = wrongMarks(edit, patches, (place) => this.inDocument(place));
    if (wrong.length === 0) return;
    this.make((draft) => {
      for (const { from, to, name, value } of wrong) writeMark(draft, from, to, name, value);
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
