/**
 * What is shown outside of the app's window while nobody looks at it: that there is something new in a notebook, and that
 * somebody has joined one. Each is told once until the window was looked at, nothing in quiet hours, and never what
 * somebody wrote.
 */

import type { Door, NotebookLine, Notice } from "../door/door";
import type { Shell } from "../door/shell";
import { m } from "../paraglide/messages.js";
import { isQuiet } from "../words/quiet";
import type { Settings } from "../words/settings.svelte";

export interface Surroundings {
  /** Whether somebody looks at the window. */
  readonly isSeen: () => boolean;
  readonly now: () => Date;
}

export class Notifying {
  /** The notebooks of which it was said that there is something new. */
  private readonly told = new Set<string>();

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly shell: Pick<Shell, "notify">,
    private readonly settings: Pick<Settings, "notifies" | "quiet">,
    private readonly around: Surroundings,
  ) {}

  hear(notice: Notice): void {
    if (notice.notice === "page_changed" && !notice.here) void this.tell(notice.notebook_id, m.notify_new);
    if (notice.notice === "admitted") void this.tell(notice.notebook_id, m.notify_joined);
  }

  /** Somebody looks at the window: what comes from now on is new. */
  seen(): void {
    this.told.clear();
  }

  private async tell(notebook: string, words: (inputs: { title: string }) => string): Promise<void> {
    const { isSeen, now } = this.around;
    const key = `${notebook} ${words === m.notify_joined ? "joined" : "new"}`;
    if (!this.settings.notifies || isSeen() || this.told.has(key) || isQuiet(this.settings.quiet, now())) return;
    this.told.add(key);
    const found = await this.door.ask("list_notebooks", {}).catch((): readonly NotebookLine[] => []);
    const title = found.find(({ id }) => id === notebook)?.title;
    if (title !== undefined) this.shell.notify(words({ title }));
  }
}
