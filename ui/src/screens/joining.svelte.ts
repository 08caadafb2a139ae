/** Joining a notebook by a link: read, introduced, waited for, opened. */

import type { Fault, InvitationPreview } from "../door/door";
import { faultIn } from "./attempts.svelte";
import { codeIn } from "./code-reading";
import { hasLink, linkIn, textOf } from "./invitation-file";
import type { Work } from "./work.svelte";

/** How long a node is asked to try, in seconds: as long as it goes on after somebody has given up. */
const TRY = 15;
/** Between two tries, in milliseconds: some fail at once. */
const REST = 3_000;

const pause = () => new Promise<void>((over) => setTimeout(over, REST));

export class Joining {
  step = $state<"link" | "scan" | "read" | "introduce" | "waiting">("link");
  /** Whether the sheet is open; closed, the waiting goes on. */
  isShown = $state(false);
  /** What was pasted, or was in the file. */
  text = $state("");
  preview = $state.raw<InvitationPreview | null>(null);
  /** Why it went no further. */
  fault = $state.raw<Fault | null>(null);
  /** What was chosen and cannot be read: a file too large to be an invitation, or a picture without a code. */
  unread = $state<"file" | "picture" | null>(null);
  /** Whether the camera has seen a code that is no invitation. */
  isOtherCode = $state(false);
  /** How the last try ended, where it goes on. */
  late = $state.raw<Fault | null>(null);
  /** Whether the person is in the notebook already. */
  readonly isIn = $derived.by(() => this.work.notebooks?.some(({ id, role }) => id === this.preview?.notebook_id && role !== null) ?? false);
  /** Which joining is under way; another one, or none, after it was given up. */
  private attempt = 0;

  constructor(
    private readonly work: Work,
    private readonly rest: () => Promise<void> = pause,
  ) {}

  /** The sheet is opened: where the waiting is, or at the beginning. */
  show(): void {
    if (this.step !== "waiting") this.reset();
    this.isShown = true;
  }

  async readFile(file: File): Promise<void> {
    const isPicture = file.type.startsWith("image/");
    const text = await (isPicture ? codeIn(file) : textOf(file));
    this.unread = text !== null ? null : isPicture ? "picture" : "file";
    if (text === null) return;
    this.text = text.trim();
    await this.read();
  }

  /** A code is to be read before the camera. */
  scan(): void {
    this.reset();
    this.step = "scan";
  }

  /** The camera has seen a code: one that is no invitation is said, and it goes on looking. */
  async scanned(text: string): Promise<void> {
    this.isOtherCode = !hasLink(text);
    // Many frames show the same code.
    if (this.isOtherCode || this.step !== "scan") return;
    [this.text, this.step] = [linkIn(text), "link"];
    await this.read();
  }

  /** Reads what the link says of itself; nobody is asked for that. */
  async read(): Promise<void> {
    this.fault = null;
    try {
      this.preview = await this.work.door.ask("read_invitation", { uri: linkIn(this.text) });
      this.step = "read";
    } catch (problem) {
      this.fault = faultIn(problem);
    }
  }

  /** Back to the link, for another one. */
  another(): void {
    this.reset();
  }

  /** Joins, as soon as there is a name; tries until it is done, refused or given up. */
  async join(): Promise<void> {
    this.fault = null;
    if (!this.work.me.hasName) {
      this.step = "introduce";
      return;
    }
    this.attempt += 1;
    const attempt = this.attempt;
    [this.step, this.late] = ["waiting", null];
    while (attempt === this.attempt) {
      try {
        const joined = await this.work.door.ask("join", { uri: linkIn(this.text), wait_seconds: TRY });
        const isWaitedFor = attempt === this.attempt;
        if (isWaitedFor) this.reset();
        // Also when it was given up in the last moment: they are in, and see it.
        await this.work.joined(joined, isWaitedFor);
        if (isWaitedFor) this.isShown = false;
        return;
      } catch (problem) {
        if (attempt !== this.attempt) return;
        const fault = faultIn(problem);
        if (fault.code !== "waiting" && fault.code !== "unreachable") {
          [this.fault, this.step, this.isShown] = [fault, "read", true];
          return;
        }
        this.late = fault;
        await this.rest();
      }
    }
  }

  giveUp(): void {
    this.reset();
    this.isShown = false;
  }

  /** Opens the notebook that they are in already. */
  async open(): Promise<void> {
    const notebook = this.preview?.notebook_id;
    this.giveUp();
    if (notebook !== undefined) await this.work.visit(notebook);
  }

  private reset(): void {
    this.attempt += 1;
    [this.step, this.text, this.preview, this.fault, this.late, this.unread, this.isOtherCode] = ["link", "", null, null, null, null, false];
  }
}
