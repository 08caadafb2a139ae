/**
 * Whose each character of a page is. Every character is the doing of one operation, which names the line of editing that
 * it was made in. Asking for one takes microseconds, and for a whole page half a second: it is asked a few at a time, and
 * later only for what has come.
 */

import type { Move } from "./moves";

/** What is asked of a page's document, at places of it. */
export interface Operations {
  readonly length: number;
  /** For each marker and character from one place up to another the operation that made it, as "counter@line". */
  operations(from: number, to: number): string[];
}

/** So many places in a row that were written in one line of editing; `null` where it was not looked yet. */
interface Stretch {
  readonly count: number;
  readonly line: string | null;
}

/** Where a line of editing has written. */
export interface Written {
  readonly from: number;
  readonly to: number;
  readonly line: string;
}

/** So many are asked for between two looks at the clock. */
const AT_ONCE = 64;

export class Authorship {
  private stretches: Stretch[];

  constructor(private readonly page: Operations) {
    this.stretches = unknown(page.length);
  }

  /** Whether everything was looked at. */
  get isKnown(): boolean {
    return this.stretches.every(({ line }) => line !== null);
  }

  /** Something was taken out and put in, as the document is now. */
  move(moves: readonly Move[]): void {
    for (const { at, removed, inserted } of moves) {
      this.stretches = joined([...this.cut(0, at), ...unknown(inserted), ...this.cut(at + removed, Infinity)]);
    }
    // What is not as it was taken to be is looked at again, all of it.
    const length = this.stretches.reduce((sum, { count }) => sum + count, 0);
    if (length !== this.page.length) this.stretches = unknown(this.page.length);
  }

  /** Looks at what it has not yet looked at, until `isOver`; from where up to where it has. */
  look(isOver: () => boolean): { readonly from: number; readonly to: number } | null {
    let [first, last] = [Infinity, 0];
    for (let next = this.firstUnknown(); next !== null; next = this.firstUnknown()) {
      const to = next.from + Math.min(AT_ONCE, next.count);
      const lines = this.page.operations(next.from, to).map((operation) => ({ count: 1, line: lineOf(operation) }));
      this.stretches = joined([...this.cut(0, next.from), ...lines, ...this.cut(to, Infinity)]);
      [first, last] = [Math.min(first, next.from), Math.max(last, to)];
      if (isOver()) break;
    }
    return last === 0 ? null : { from: first, to: last };
  }

  /** What is known to be written from one place up to another, in order. */
  written(from: number, to: number): Written[] {
    const out: Written[] = [];
    let at = 0;
    for (const { count, line } of this.stretches) {
      if (at >= to) break;
      const [start, end] = [Math.max(from, at), Math.min(to, at + count)];
      if (start < end && line !== null) out.push({ from: start, to: end, line });
      at += count;
    }
    return out;
  }

  /** Every line of editing of which something stands on the page. */
  get lines(): Set<string> {
    return new Set(this.stretches.flatMap(({ line }) => (line === null ? [] : [line])));
  }

  private firstUnknown(): { from: number; count: number } | null {
    let from = 0;
    for (const { count, line } of this.stretches) {
      if (line === null) return { from, count };
      from += count;
    }
    return null;
  }

  private cut(from: number, to: number): Stretch[] {
    const out: Stretch[] = [];
    let at = 0;
    for (const { count, line } of this.stretches) {
      const [start, end] = [Math.max(from, at), Math.min(to, at + count)];
      if (start < end) out.push({ count: end - start, line });
      at += count;
    }
    return out;
  }
}

/** The line of editing that an operation names. */
export function lineOf(operation: string): string {
  return operation.slice(operation.indexOf("@") + 1);
}

/** Which of its line's operations it is. */
export function counterOf(operation: string): number {
  return Number(operation.slice(0, operation.indexOf("@")));
}

function unknown(count: number): Stretch[] {
  return count === 0 ? [] : [{ count, line: null }];
}

function joined(stretches: readonly Stretch[]): Stretch[] {
  const out: Stretch[] = [];
  for (const stretch of stretches) {
    const last = out.at(-1);
    if (last !== undefined && last.line === stretch.line) out[out.length - 1] = { ...last, count: last.count + stretch.count };
    else out.push(stretch);
  }
  return out;
}
