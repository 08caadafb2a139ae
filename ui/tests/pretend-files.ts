/** Files on the pages of a pretend node: attached, listed, fetched, read. */

import { bytesOf, textOf } from "../src/door/base64";
import { Fault, type AttachmentLine, type Attachment, type Draft, type Requests } from "../src/door/door";
import { blocksOf } from "../src/history/shown-page";
import type { PretendDoor } from "./pretend-door";

/** What is asked of a node about files. */
export type FileRequests = Pick<
  Requests,
  "begin_file" | "add_piece" | "finish_file" | "drop_file" | "put_attachment" | "list_attachments" | "fetch_attachment" | "read_piece"
>;

type Answers = { [N in keyof FileRequests]: (body: FileRequests[N]["body"]) => FileRequests[N]["reply"] | Promise<FileRequests[N]["reply"]> };

const PIECE = 65_536;

export class PretendFiles {
  /** The bytes that are on this device, by file. */
  readonly here = new Map<string, Uint8Array>();
  /** Files of which only so many bytes are on this device. */
  readonly partly = new Map<string, number>();
  /** What others have: it comes when it is asked for. */
  readonly elsewhere = new Map<string, Uint8Array>();
  /** Files that are on their way for as long as one looks. */
  readonly slow = new Set<string>();
  /** Files that were begun and dropped. */
  readonly dropped: number[] = [];
  private readonly drafts = new Map<number, Uint8Array[]>();
  private begun = 0;

  constructor(private readonly door: PretendDoor) {}

  readonly answers: Answers = {
    begin_file: () => this.draft((this.begun += 1)),
    add_piece: ({ draft, bytes }) => this.add(draft, bytesOf(bytes)),
    finish_file: ({ draft, name, media_type }) => this.finish(draft, name, media_type),
    drop_file: ({ draft }) => this.drop(draft),
    put_attachment: ({ page }) => ({ id: page, title: "", changed: true, heads: this.door.history.heads(page) }),
    list_attachments: ({ page }) => this.lines(page),
    fetch_attachment: ({ page, attachment }) => this.fetch(page, attachment),
    read_piece: ({ attachment, piece }) => ({ bytes: textOf(this.found(attachment).slice(piece * PIECE, (piece + 1) * PIECE)) }),
  };

  private draft(draft: number): Draft {
    if (!this.drafts.has(draft)) this.drafts.set(draft, []);
    return { draft, piece: PIECE, most: 100 * 1_024 * 1_024 };
  }

  private add(draft: number, bytes: Uint8Array): Draft {
    this.drafts.get(draft)?.push(bytes);
    return this.draft(draft);
  }

  private finish(draft: number, name: string, media_type: string): Attachment {
    const pieces = this.drafts.get(draft) ?? [];
    const all = new Uint8Array(pieces.flatMap((piece) => [...piece]));
    const id = `${draft}`.padStart(64, "f");
    this.here.set(id, all);
    return { id, name, media_type, size: all.length };
  }

  private drop(draft: number): Draft {
    this.dropped.push(draft);
    return this.draft(draft);
  }

  private lines(page: string): AttachmentLine[] {
    return blocksOf(this.door.history.answers.show_page({ page, at: null })).flatMap(({ attachment, text }) => {
      if (attachment === undefined) return [];
      const is_whole = this.here.has(attachment.id);
      return [{ ...attachment, caption: text, here: is_whole ? attachment.size : (this.partly.get(attachment.id) ?? 0), is_whole }];
    });
  }

  private async fetch(page: string, id: string): Promise<AttachmentLine> {
    if (this.slow.has(id)) await new Promise(() => undefined);
    const bytes = this.elsewhere.get(id);
    if (bytes === undefined) throw new Fault("unreachable", "nobody who has this file can be reached now; try again when a member who has it is connected", "en");
    this.here.set(id, bytes);
    const line = this.lines(page).find((one) => one.id === id);
    if (line === undefined) throw new Fault("not_found", `this page does not show the file ${id}`, "en");
    return line;
  }

  private found(id: string): Uint8Array {
    const bytes = this.here.get(id);
    if (bytes === undefined) throw new Fault("not_found", "it is not on this device", "en");
    return bytes;
  }
}
