/** Something that is asked for more often than it needs to be done: as the reading of a list with each letter that somebody types. */

export class Seldom {
  private next = -Infinity;
  private asked: Promise<void> | null = null;
  private doing: Promise<void> = Promise.resolve();

  constructor(
    private readonly deed: () => Promise<void>,
    /** Between two beginnings of it, at least, in milliseconds. */
    private readonly pause: number,
    /** What the clock says, in milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Done once it was done after this was asked. */
  ask(): Promise<void> {
    this.asked ??= this.take();
    return this.asked;
  }

  private async take(): Promise<void> {
    // Whoever asked for what is under way hears what came of it.
    await this.doing.catch(() => undefined);
    const rest = this.next - this.now();
    if (rest > 0) await new Promise((later) => setTimeout(later, rest));
    [this.asked, this.next] = [null, this.now() + this.pause];
    this.doing = this.deed();
    await this.doing;
  }
}
