/** When each operation of a page was made, by its author's clock. Read a few changes at a time: a page has tens of thousands. */

import { counterOf, lineOf } from "./authorship";

/** What a change says of itself. */
export interface ChangeFacts {
  readonly actor: string;
  /** The first and the last of the operations of its line that it made. */
  readonly startOp: number;
  readonly maxOp: number;
  /** In seconds. */
  readonly time: number;
}

/** What is asked of a page's document. */
export interface Changes {
  readonly heads: readonly string[];
  /** The names of all changes, each after those it builds on. */
  changeNames(): readonly string[];
  change(name: string): ChangeFacts | null;
  changesSince(heads: readonly string[]): readonly ChangeFacts[];
}

export class ChangeTimes {
  private readonly lines = new Map<string, { readonly from: number; readonly to: number; readonly time: number }[]>();
  private names: readonly string[] | null = null;
  private next = 0;
  private heads: readonly string[] = [];

  constructor(private readonly page: Changes) {}

  /** Reads on, until `isOver`. Whether all that was there when it began is read. */
  read(isOver: () => boolean): boolean {
    if (this.names === null) [this.names, this.heads] = [this.page.changeNames(), this.page.heads];
    while (this.next < this.names.length) {
      const change = this.page.change(this.names[this.next] as string);
      if (change !== null) this.take(change);
      this.next += 1;
      if (isOver()) break;
    }
    return this.next === this.names.length;
  }

  /** When the operation was made, in seconds; nothing while that has not been read. */
  of(operation: string): number | null {
    const found = this.find(operation);
    if (found !== null || this.names === null || this.next < this.names.length) return found;
    for (const change of this.page.changesSince(this.heads)) this.take(change);
    this.heads = this.page.heads;
    return this.find(operation);
  }

  private take({ actor, startOp, maxOp, time }: ChangeFacts): void {
    const line = this.lines.get(actor) ?? [];
    // A line's changes build on one another, so they come in order.
    line.push({ from: startOp, to: maxOp, time });
    this.lines.set(actor, line);
  }

  private find(operation: string): number | null {
    const line = this.lines.get(lineOf(operation)) ?? [];
    const counter = counterOf(operation);
    let [low, high] = [0, line.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((line[middle]?.to ?? 0) < counter) low = middle + 1;
      else high = middle;
    }
    const found = line[low];
    return found !== undefined && found.from <= counter ? found.time : null;
  }
}
