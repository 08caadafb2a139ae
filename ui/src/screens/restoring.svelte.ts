/** Going back to a version of the page: said first, done, and undone. */

import { Fault, type Door, type VersionLine } from "../door/door";
import { m } from "../paraglide/messages.js";
import { OneAttempt } from "./attempts.svelte";

/** What was done last. */
export interface Restored {
  readonly line: VersionLine;
  /** Whether there was anything to change. */
  readonly changed: boolean;
  /** The version that undoing goes back to; none where people had written apart, for no single one reads as the page did. */
  readonly before: string | null;
  /** The versions the page stood at when it was done. */
  readonly heads: readonly string[];
  readonly undone: boolean;
}

export class Restoring extends OneAttempt {
  /** Whether the person is asked. */
  asks = $state(false);
  done = $state.raw<Restored | null>(null);
  /** Whether the page stands at several versions that were written apart. */
  apart = $state(false);

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly page: string,
  ) {
    super();
  }

  /** Asks the person. */
  async ask(): Promise<void> {
    [this.asks, this.fault, this.apart] = [true, null, false];
    await this.try(async () => { this.apart = (await this.heads()).length > 1; });
  }

  /** Makes the page read as it did. Whether that was done. */
  async restore(line: VersionLine): Promise<boolean> {
    return this.try(async () => {
      const [before, ...others] = await this.heads();
      const { changed, heads } = await this.door.ask("restore_page", { page: this.page, version: line.version });
      this.done = { line, changed, before: others.length === 0 ? (before ?? null) : null, heads, undone: false };
      this.asks = false;
    });
  }

  /** Makes it read as it did before that. What others wrote in between is not taken away. */
  async undo(): Promise<void> {
    const { done } = this;
    if (done === null || done.before === null || done.undone) return;
    const version = done.before;
    await this.try(async () => {
      const now = await this.heads();
      if ([...now].sort().join() !== [...done.heads].sort().join()) throw new Fault("refused", m.restore_changed());
      await this.door.ask("restore_page", { page: this.page, version });
      this.done = { ...done, undone: true };
    });
  }

  /** What was said of it is put away. */
  putAway(): void {
    [this.done, this.fault] = [null, null];
  }

  private async heads(): Promise<readonly string[]> {
    return (await this.door.ask("show_page", { page: this.page, at: null })).heads;
  }
}
