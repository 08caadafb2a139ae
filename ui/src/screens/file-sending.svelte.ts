/** Files on their way to a page: one after the other, each put where it was dropped or pasted when it is whole. */

import type { EditorView } from "prosemirror-view";
import type { Attachment, Door, Fault } from "../door/door";
import { sendFile } from "../door/files";
import { FILE_MOST } from "../editor/attached";
import { fileInserted } from "../editor/file-place";
import { placeOf, positionOf } from "../editor/nodes";
import type { PageReplica } from "../editor/page-replica";
import type { PageEditor } from "../editor/view/page-editor";
import { faultIn } from "./attempts.svelte";

/** What was handed over; a folder is no file. */
export interface Given {
  readonly name: string;
  readonly file: File | null;
}

/** Why a file is not sent at all. */
export type Unfit = "folder" | "empty" | "long" | "reading";

/** Where files go that came together: a cursor of the page, that moves with what is written meanwhile. */
interface Target {
  cursor: string | null;
}

export class Sending {
  sent = $state(0);
  fault = $state.raw<Fault | null>(null);
  /** The browser cannot read it any more: it was moved or changed. */
  isUnreadable = $state(false);
  readonly stopping = new AbortController();

  constructor(
    readonly key: number,
    readonly name: string,
    readonly size: number,
    readonly unfit: Unfit | null,
    readonly file: File | null,
    readonly target: Target,
  ) {}
}

/** What the files are put on. */
export interface Ground {
  readonly door: Pick<Door, "ask">;
  readonly page: string;
  readonly replica: () => PageReplica | null;
  /** The editor that the page is open in; none when the page is not on the screen any more. */
  readonly editor: () => Pick<PageEditor, "state"> & { readonly view: Pick<EditorView, "dispatch"> } | null;
  readonly mayWrite: () => boolean;
}

export class FileSending {
  list = $state.raw<readonly Sending[]>([]);
  private given = 0;
  private running = false;
  private readonly waiting: Sending[] = [];

  constructor(private readonly ground: Ground) {}

  /** Files for a position in the text; for the caret, where there is none. */
  add(given: readonly Given[], position: number | null): void {
    const editor = this.ground.editor();
    const at = position ?? editor?.state.selection.head ?? 0;
    const cursor = editor === null ? null : (this.ground.replica()?.cursorAt(placeOf(editor.state.doc, at)) ?? null);
    const target = { cursor };
    for (const { name, file } of given) {
      const size = file?.size ?? 0;
      const sending = new Sending((this.given += 1), name, size, this.unfit(file), file, target);
      this.list = [...this.list, sending];
      if (sending.unfit === null) this.waiting.push(sending);
    }
    void this.run();
  }

  again(sending: Sending): void {
    [sending.fault, sending.isUnreadable, sending.sent] = [null, false, 0];
    this.waiting.push(sending);
    void this.run();
  }

  /** Gives a file up, or puts away what is said of it. */
  putAway(sending: Sending): void {
    sending.stopping.abort();
    this.list = this.list.filter((one) => one !== sending);
  }

  private unfit(file: File | null): Unfit | null {
    if (!this.ground.mayWrite()) return "reading";
    if (file === null) return "folder";
    if (file.size === 0) return "empty";
    return file.size > FILE_MOST ? "long" : null;
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await this.send(next);
    this.running = false;
  }

  private async send(sending: Sending): Promise<void> {
    const { file, stopping } = sending;
    if (file === null || stopping.signal.aborted) return;
    try {
      const attachment = await sendFile(this.ground.door, this.ground.page, file, (sent) => (sending.sent = sent), stopping.signal);
      await this.put(attachment, sending.target);
      this.putAway(sending);
    } catch (problem) {
      if (stopping.signal.aborted) return;
      if (problem instanceof DOMException) sending.isUnreadable = true;
      else sending.fault = faultIn(problem);
    }
  }

  private async put(attachment: Attachment, target: Target): Promise<void> {
    const [editor, replica] = [this.ground.editor(), this.ground.replica()];
    const place = target.cursor === null ? null : (replica?.placeAt(target.cursor) ?? null);
    if (editor === null || replica === null || place === null) {
      // The person went to another page: the file goes to the end of the one it was for.
      await this.ground.door.ask("put_attachment", { page: this.ground.page, attachment, caption: "" });
      return;
    }
    const placed = fileInserted(editor.state, positionOf(replica.blocks, place), attachment);
    if (placed === null) return;
    editor.view.dispatch(placed.transaction);
    // The next of those that came together stands behind this one.
    target.cursor = replica.cursorAt(placeOf(editor.state.doc, placed.caption));
  }
}
