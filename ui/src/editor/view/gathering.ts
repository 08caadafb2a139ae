/**
 * What others write, gathered: the document takes a letter in at the cost of a hundred, and that cost grows with the page.
 * So after each time it rests in proportion to how long that took, and whoever writes here has most of the time.
 */

/** How many times as long as it took. */
const SHARE = 7;
/** At most, in milliseconds: others are still seen to write. */
const REST_MOST = 1_000;

export class Gathering<T> {
  private readonly waiting: T[] = [];
  private next = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly take: (gathered: readonly T[]) => void,
    /** Whether nothing may be taken in now; when it may again, `flush` is called. */
    private readonly isHeld: () => boolean,
    /** What the clock says, in milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes this in at once if it has rested, and else when it has. */
  add(what: readonly T[]): void {
    this.waiting.push(...what);
    if (this.waiting.length === 0 || this.timer !== undefined || this.isHeld()) return;
    const rest = this.next - this.now();
    if (rest <= 0) this.flush();
    else this.timer = setTimeout(() => { this.comeDue(); }, rest);
  }

  /** Takes in what waits. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const began = this.now();
    this.take(this.waiting.splice(0));
    const ended = this.now();
    this.next = ended + Math.min(REST_MOST, SHARE * (ended - began));
  }

  private comeDue(): void {
    this.timer = undefined;
    if (!this.isHeld()) this.flush();
  }
}
