/** The page that is on the screen: opened, written in, saved. */

import { automergeIsHere } from "../editor/automerge";
import { lengthOf, type Block } from "../editor/blocks";
import { isTooLong } from "../editor/long";
import { PageReplica } from "../editor/page-replica";
import type { Door, Fault, Notice, OpenPage, PageView } from "../door/door";
import { blocksOf } from "../history/shown-page";
import { faultIn } from "./attempts.svelte";
import { isDrawn } from "./frame";
import { Present } from "./present.svelte";

/** From so many characters on the person is told that typing may grow slow. */
const LONG = 50_000;
/** Only what was saved for so long is said to be, in milliseconds: with each letter it would be said and taken back. */
const CALM = 300;

export class PageOnScreen {
  replica = $state.raw<PageReplica | null>(null);
  /** What stands on it, told before it can be written in. */
  shown = $state.raw<readonly Block[] | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** How many changes are on their way to the disk. */
  unsaved = $state(0);
  /** Whether the person writes, or something is on its way. */
  isSaving = $state(false);
  /** Whether something was typed before it can be written in, which nothing but the window has. */
  isHeld = $state(false);
  /** What it read before something that was written here was taken from it: it was written when that was not allowed any more. */
  kept = $state.raw<readonly Block[] | null>(null);
  /** Why they could not be saved; what was typed is in the window alone, until trying again succeeds. */
  lost = $state.raw<Fault | null>(null);
  isLong = $state(false);
  /** Whether it is longer than can be written in: then it is read in parts. */
  isTooLong = $state(false);
  /** What it is called, as far as that was read. */
  title = $state("");
  /** Whether it is deleted, and who did it: nobody, as long as that is not known. */
  deletion = $state.raw<{ readonly line: string; readonly author: string | null; readonly author_id: string | null } | null>(null);
  private page: OpenPage | null = null;
  private closed = false;
  /** How often it was opened: what comes of an earlier time comes too late. */
  private times = 0;
  private saving = false;
  private calm: ReturnType<typeof setTimeout> | undefined;
  private readonly pending: Uint8Array[] = [];
  private readonly early: Uint8Array[] = [];
  private hear: ((changes: readonly Uint8Array[]) => void) | null = null;
  /** Who else is here. */
  readonly present: Present;
  private stop: () => void = () => undefined;

  constructor(
    readonly door: Door,
    readonly id: string,
    /** Whether the cursor is to be in its text as soon as it is there. */
    private writes = false,
  ) {
    this.present = new Present(door, id);
  }

  async open(): Promise<void> {
    this.times += 1;
    const time = this.times;
    const isPast = () => this.closed || this.times !== time;
    // A node answers one after the other, and lending a page takes it longer than telling what stands on it.
    const view = await this.door.ask("show_page", { page: this.id, at: null }).catch(() => null);
    if (isPast()) return;
    try {
      const lent = this.door.open(this.id, {
        changes: (changes) => {
          if (isPast()) return;
          if (this.hear === null) this.early.push(...changes);
          else this.hear(changes);
        },
        anew: () => {
          if (!isPast()) void this.openAgain();
        },
      });
      // Where it cannot be told, the node says why when it is asked to lend it.
      if (view !== null) this.showEarly(view);
      const page = await lent;
      // To read the document keeps the window busy: nobody should look at nothing for as long.
      if (this.shown !== null) await isDrawn();
      await automergeIsHere().catch((problem: unknown) => {
        page.close();
        throw problem;
      });
      if (isPast()) {
        page.close();
        return;
      }
      this.page = page;
      // After the page itself has heard it, and knows again where it stands.
      this.stop();
      this.stop = this.door.listen((notice) => { this.again(notice); });
      const save = (change: Uint8Array) => {
        page.said();
        this.pending.push(change);
        void this.saveAll();
      };
      const now = () => Math.floor(Date.now() / 1000);
      this.replica = new PageReplica(page.document, { actor: page.actor, now, message: () => page.message(), save });
      this.isTooLong = isTooLong(this.replica.blocks);
      this.measure();
    } catch (problem) {
      if (!isPast()) this.fault = faultIn(problem);
    }
  }

  /**
   * What is too long to be written in is drawn in parts, and not before its document is there. Nor is a plan: its text would
   * move down under whoever reads it.
   */
  private showEarly(view: PageView): void {
    const blocks = blocksOf(view);
    if (!isTooLong(blocks) && view.template !== "plan") this.shown = blocks;
  }

  /** The line of editing that this window writes in. */
  get line(): string | null {
    return this.page?.actor ?? null;
  }

  /** What others write goes to the editor from now on, also what came before it was there. */
  tell(hear: (changes: readonly Uint8Array[]) => void): void {
    this.hear = hear;
    if (this.early.length > 0) hear(this.early.splice(0));
  }

  /** Whether the cursor is to be in its text. */
  get wantsCursor(): boolean {
    return this.writes;
  }

  /** Whether the editor that was just made takes the cursor: the first one, and once. */
  takesCursor(): boolean {
    const takes = this.writes;
    this.writes = false;
    return takes;
  }

  measure(): void {
    if (this.replica === null) return;
    this.isLong = lengthOf(this.replica.blocks) > LONG;
    const line = this.replica.deletedBy;
    if (line === (this.deletion?.line ?? null)) return;
    this.deletion = line === null ? null : { line, author: null, author_id: null };
    if (line !== null) void this.learnWho(line);
  }

  /** Who deleted it. Where that cannot be told it is deleted all the same. */
  private async learnWho(line: string): Promise<void> {
    const authors = await this.door.ask("page_authors", { page: this.id }).catch(() => []);
    const found = authors.find(({ actor }) => actor === line);
    if (found !== undefined && this.deletion?.line === line) this.deletion = { line, author: found.author, author_id: found.author_id };
  }

  /** The node is there again: what waits for it is saved. */
  private again(notice: Notice): void {
    if (notice.notice === "missed" && this.pending.length > 0) void this.saveAll();
  }

  /** Whether all that was typed is saved, after trying once more. */
  async isSettled(): Promise<boolean> {
    while (this.saving) await new Promise((later) => setTimeout(later, 20));
    await this.saveAll();
    return this.pending.length === 0;
  }

  /** Saves what waits, each change after those it builds on. */
  async saveAll(): Promise<void> {
    this.count();
    if (this.saving) return;
    this.saving = true;
    try {
      for (let change = this.pending[0]; change !== undefined; change = this.pending[0]) {
        await this.page?.save(change);
        this.pending.shift();
        this.count();
      }
      this.lost = null;
    } catch (problem) {
      this.lost = faultIn(problem);
    } finally {
      this.saving = false;
    }
  }

  /** Something was typed that nothing but the window has; or it is in the page's document now. */
  holds(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (isHeld) this.isSaving = true;
    else void this.saveAll();
  }

  private count(): void {
    this.unsaved = this.pending.length;
    clearTimeout(this.calm);
    if (this.unsaved > 0) this.isSaving = true;
    else this.calm = setTimeout(() => (this.isSaving = false), CALM);
  }

  /** Begins with the page as it is now. What could not be saved stays where it is, and is told. */
  private async openAgain(): Promise<void> {
    await this.saveAll();
    if (this.closed || this.pending.length > 0) return;
    this.page?.close();
    const before = this.replica;
    [this.hear, this.replica, this.shown] = [null, null, null];
    this.early.splice(0);
    await this.open();
    if (before !== null && this.replica !== null && before.isDroppedFrom(this.replica)) this.kept ??= before.blocks;
  }

  close(): void {
    this.closed = true;
    this.stop();
    this.present.end();
    this.hear = null;
    void this.saveAll().finally(() => this.page?.close());
  }
}

/** What a fault says, closed as a sentence: a node says lines that can stand within others. */
export function sentence(say: string): string {
  return /[.?!]$/.test(say) ? say : `${say}.`;
}
