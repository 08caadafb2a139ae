/** A file that a page shows: whether it is on this device, fetched when it is wanted, drawn if it is a picture. */

import { Fault, type Attachment, type AttachmentLine, type Door } from "../door/door";
import { readFile } from "../door/files";
import { isSaidToBePicture, pictureKind } from "../files/picture-kind";
import { handOver } from "../files/saving";
import { faultIn, OneAttempt } from "./attempts.svelte";

/** Pictures up to so many bytes are fetched by themselves when they come into sight. */
const FETCHED_MOST = 5_000_000;
/** Larger ones are not drawn: they can be saved. */
const DRAWN_MOST = 30_000_000;
/** How long others may take to be reached, in seconds. */
const WAIT = 10;

/**
 * How it stands with it: not known yet, not here, on its way, nobody who has it is reached, could not be read or asked for,
 * here and being read, here, here and not what it is said to be.
 */
export type FileStanding = "unknown" | "away" | "coming" | "alone" | "failed" | "reading" | "here" | "wrong";

export interface Picture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export class FileOnPage {
  standing = $state<FileStanding>("unknown");
  /** How many of its bytes are on this device. */
  here = $state(0);
  fault = $state.raw<Fault | null>(null);
  picture = $state.raw<Picture | null>(null);
  readonly saving = new OneAttempt();
  private looking = false;
  private ended = false;

  constructor(
    readonly file: Attachment,
    private readonly door: Pick<Door, "ask">,
    private readonly page: string,
    private readonly lines: () => Promise<readonly AttachmentLine[]>,
  ) {}

  /** Whether it is to be drawn. */
  get isPicture(): boolean {
    return isSaidToBePicture(this.file.media_type) && this.file.size <= DRAWN_MOST;
  }

  /** It is in sight: what there is of it is learnt, and what is here is drawn. */
  async look(): Promise<void> {
    if (this.looking || this.standing !== "unknown") return;
    this.looking = true;
    try {
      const isHere = await this.isHere();
      if (isHere) await this.came();
      else this.standing = "away";
    } catch (problem) {
      [this.standing, this.fault] = ["failed", faultIn(problem)];
    }
    this.looking = false;
    if (this.standing === "away" && this.isPicture && this.file.size <= FETCHED_MOST) await this.fetch();
  }

  /** Has it come from whoever has it. */
  async fetch(): Promise<void> {
    if (this.standing === "coming" || this.standing === "reading") return;
    [this.standing, this.fault] = ["coming", null];
    try {
      await this.door.ask("fetch_attachment", { page: this.page, attachment: this.file.id, wait_seconds: WAIT });
      await this.came();
    } catch (problem) {
      this.fault = faultIn(problem);
      this.standing = this.fault.code === "unreachable" ? "alone" : "failed";
    }
  }

  /** Somebody is there who was not, or the node is again: what did not come is asked for again. */
  async retry(): Promise<void> {
    if (this.standing === "alone" || this.standing === "failed") await this.fetch();
  }

  /** More of it is here. */
  async measure(): Promise<void> {
    if (this.standing !== "coming" && this.standing !== "away") return;
    const line = await this.line();
    if (line === null) return;
    this.here = line.here;
    if (line.is_whole && this.standing === "away") await this.came();
  }

  /** All of it is here. */
  async came(): Promise<void> {
    [this.here, this.fault] = [this.file.size, null];
    if (!this.isPicture) this.standing = "here";
    else if (this.picture === null) await this.draw();
  }

  save(): Promise<boolean> {
    return this.saving.try(async () => { handOver(this.file.name, await readFile(this.door, this.page, this.file)); });
  }

  end(): void {
    this.ended = true;
    if (this.picture !== null) URL.revokeObjectURL(this.picture.url);
  }

  private async line(): Promise<AttachmentLine | null> {
    return (await this.lines()).find(({ id }) => id === this.file.id) ?? null;
  }

  /** Whether all of it is here. What the page does not show, or not yet, is here if it can be read. */
  private async isHere(): Promise<boolean> {
    const line = await this.line();
    this.here = line?.here ?? 0;
    if (line !== null) return line.is_whole;
    return this.door.ask("read_piece", { page: this.page, attachment: this.file.id, piece: 0 }).then(() => true, () => false);
  }

  private async draw(): Promise<void> {
    this.standing = "reading";
    const pieces = await readFile(this.door, this.page, this.file);
    const kind = pieces[0] === undefined ? null : pictureKind(pieces[0]);
    const picture = kind === null ? null : await decoded(new Blob(pieces, { type: kind }));
    if (this.ended && picture !== null) URL.revokeObjectURL(picture.url);
    else [this.picture, this.standing] = [picture, picture === null ? "wrong" : "here"];
  }
}

/** A picture that opens, and how large it is; nothing, where it does not. */
async function decoded(blob: Blob): Promise<Picture | null> {
  const url = URL.createObjectURL(blob);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { url, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    URL.revokeObjectURL(url);
    return null;
  }
}
