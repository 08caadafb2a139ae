/** The files that a page shows, each kept for as long as the page is on the screen. */

import type { Attachment, AttachmentLine, Door, Holder, Notice } from "../door/door";
import { FileOnPage } from "./file-on-page.svelte";
import { called } from "./holder-words";

/** So many people are named of whom a file may come. */
const NAMED = 3;

export class PageFiles {
  private readonly files = new Map<string, FileOnPage>();
  private asking: Promise<readonly AttachmentLine[]> | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly door: Pick<Door, "ask" | "listen">,
    private readonly page: string,
    private readonly holders: () => readonly Holder[],
  ) {
    this.stop = door.listen((notice) => { this.hear(notice); });
  }

  of(file: Attachment): FileOnPage {
    const known = this.files.get(file.id);
    if (known !== undefined) return known;
    const made = new FileOnPage(file, this.door, this.page, () => this.lines());
    this.files.set(file.id, made);
    return made;
  }

  /** Who may have what is not here and could not be reached, in the order of how much they have. */
  get awaited(): string {
    const away = this.holders().filter(({ connected }) => !connected);
    const names = [...away.filter(({ has_all }) => has_all), ...away].map(({ person, person_id }) => called(person, person_id));
    return [...new Set(names)].slice(0, NAMED).join(", ");
  }

  end(): void {
    this.stop();
    for (const file of this.files.values()) file.end();
    this.files.clear();
  }

  /** What the node says of the page's files: for all that ask at one time it is asked once. */
  private lines(): Promise<readonly AttachmentLine[]> {
    this.asking ??= this.door.ask("list_attachments", { page: this.page }).finally(() => (this.asking = null));
    return this.asking;
  }

  private hear(notice: Notice): void {
    if (notice.notice === "file_came") this.files.get(notice.attachment_id)?.measure().catch(() => undefined);
    // Whoever was just reached may have what nobody had.
    if (["peer_connected", "agreed", "missed"].includes(notice.notice)) for (const file of this.files.values()) void file.retry();
  }
}
