/**
 * Who is on the page, and where: what others' devices tell while it is so, forgotten when they say nothing more; and what
 * this window tells them.
 */

import type { Caret, Door, Notice } from "../door/door";
import { PersonColours } from "./person-colours";

/** Somebody on a device of theirs. */
export interface Other {
  readonly device: string;
  /** Who, by id; the device where that is not known. */
  readonly person: string;
  /** What they are called, if that is known. */
  readonly name: string | null;
  /** Which of the eight colours, from 1 on. */
  readonly colour: number;
  readonly caret: Caret;
  /** When they last said so, in milliseconds. */
  readonly heard: number;
}

/** Who has said nothing for so long is gone, in milliseconds. Whoever is there says so every ten seconds. */
export const GONE_AFTER = 30_000;
/** Between two sayings of where the caret is, at least, in milliseconds. */
const SAY_AFTER = 150;
/** Where it is is said again after so long, so that nobody takes the person for gone. */
const SAY_AGAIN = 10_000;

export class Present {
  others = $state.raw<readonly Other[]>([]);
  readonly colours = new PersonColours();
  /** Where this window's caret is: asked only when it is said, since it moves with each letter. */
  private where: () => Caret | null = () => null;
  private last: Caret | null = null;
  /** Whether it is to be said also if it has not moved. */
  private isOwed = false;
  private said = 0;
  private saying: ReturnType<typeof setTimeout> | undefined;
  private readonly stop: () => void;
  private readonly again: ReturnType<typeof setInterval>;

  constructor(
    private readonly door: Pick<Door, "ask" | "listen">,
    private readonly page: string,
    /** What the clock says, in milliseconds. */
    private readonly now: () => number = () => Date.now(),
  ) {
    this.stop = door.listen((notice) => { this.hear(notice); });
    this.again = setInterval(() => {
      this.forget();
      this.isOwed = true;
      this.say();
    }, SAY_AGAIN);
  }

  /** The caret may be somewhere else now: whoever else is on the page sees it. */
  isAt(where: () => Caret | null): void {
    this.where = where;
    this.saySoon();
  }

  /** The page is left. The node tells the others. */
  end(): void {
    this.stop();
    clearTimeout(this.saying);
    clearInterval(this.again);
    this.where = () => null;
  }

  private saySoon(): void {
    this.saying ??= setTimeout(() => { this.say(); }, Math.max(0, this.said + SAY_AFTER - this.now()));
  }

  private say(): void {
    clearTimeout(this.saying);
    this.saying = undefined;
    const caret = this.where();
    const hasMoved = caret?.anchor !== this.last?.anchor || caret?.head !== this.last?.head;
    if (caret === null || (!hasMoved && !this.isOwed)) return;
    [this.last, this.isOwed, this.said] = [caret, false, this.now()];
    // Where it cannot be said nobody needs to hear of it: the node is away, or the page is gone, and both are told.
    this.door.ask("be_present", { page: this.page, caret }).catch(() => undefined);
  }

  private hear(notice: Notice): void {
    if (notice.notice === "peer_disconnected") this.leave(notice.device_id);
    if (notice.notice !== "present" || notice.page_id !== this.page) return;
    const { device_id: device, caret } = notice;
    if (caret === null) {
      this.leave(device);
      return;
    }
    const person = notice.person_id ?? device;
    const before = this.others.find((other) => other.device === device);
    // Whoever has only come has not heard where this window is.
    if (before === undefined) {
      this.isOwed = true;
      this.saySoon();
    }
    const colour = before?.person === person ? before.colour : this.colours.of(person, this.others.map((other) => other.person));
    const now: Other = { device, person, name: notice.person_id === null ? null : notice.person, colour, caret, heard: this.now() };
    this.others = before === undefined ? [...this.others, now] : this.others.map((other) => (other === before ? now : other));
  }

  private forget(): void {
    this.keep(({ heard }) => this.now() - heard < GONE_AFTER);
  }

  private leave(gone: string): void {
    this.keep(({ device }) => device !== gone);
  }

  private keep(stays: (other: Other) => boolean): void {
    const stay = this.others.filter(stays);
    if (stay.length < this.others.length) this.others = stay;
  }
}

/** The first letters of somebody's first and last name. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => [...(word ?? "")][0]?.toLocaleUpperCase() ?? "").join("");
}
