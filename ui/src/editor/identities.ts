/**
 * Which marker or character is which. Places move as people write; what somebody wrote is known by its number, which it
 * keeps for good, also after it was deleted, so that undoing brings it back where it stood among what others wrote.
 */

/** Some numbers in a row. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

interface Stretch extends Run {
  alive: boolean;
}

/** Where some of a run are now. */
export interface Placed extends Run {
  readonly at: number;
  /** Where among all that ever stood in the body: of two that are gone from one place, which stood first. */
  readonly rank: number;
}

export class Identities {
  private stretches: Stretch[];
  private next: number;

  /** Numbers for everything in a body of this length. */
  constructor(length: number) {
    this.stretches = length === 0 ? [] : [{ first: 0, count: length, alive: true }];
    this.next = length;
  }

  get length(): number {
    return this.stretches.reduce((sum, stretch) => sum + (stretch.alive ? stretch.count : 0), 0);
  }

  /** Something new stands here now. */
  insert(at: number, count: number): Run {
    const run = { first: this.next, count };
    if (count === 0) return run;
    this.next += count;
    this.stretches.splice(this.splitAt(at), 0, { ...run, alive: true });
    this.join();
    return run;
  }

  /** What stood here is gone; which that was. */
  remove(at: number, count: number): Run[] {
    const gone: Run[] = [];
    let [from, left] = [this.splitAt(at), count];
    while (left > 0 && from < this.stretches.length) {
      const stretch = this.stretches[from] as Stretch;
      if (stretch.alive) {
        if (stretch.count > left) this.split(from, left);
        const dead = this.stretches[from] as Stretch;
        dead.alive = false;
        left -= dead.count;
        gone.push({ first: dead.first, count: dead.count });
      }
      from += 1;
    }
    this.join();
    return gone;
  }

  /** What stands here. */
  at(at: number, count: number): Run[] {
    const out: Run[] = [];
    let place = 0;
    for (const { first, count: all, alive } of this.stretches) {
      if (!alive) continue;
      const from = Math.max(at, place);
      const to = Math.min(at + count, place + all);
      if (from < to) out.push({ first: first + from - place, count: to - from });
      place += all;
    }
    return out;
  }

  /** Where those of a run are that are there, in order. */
  find(run: Run): Placed[] {
    return this.overlaps(run, true);
  }

  /** Where those of a run would be that are gone, in order: before what stands there now. */
  findGone(run: Run): Placed[] {
    return this.overlaps(run, false);
  }

  /** Those of a run that are gone stand again where they stood. */
  revive(run: Run): void {
    this.set(run, true);
  }

  private overlaps(run: Run, alive: boolean): Placed[] {
    const out: Placed[] = [];
    let [at, rank] = [0, 0];
    for (const stretch of this.stretches) {
      const first = Math.max(run.first, stretch.first);
      const count = Math.min(run.first + run.count, stretch.first + stretch.count) - first;
      if (stretch.alive === alive && count > 0) {
        out.push({ at: at + (alive ? first - stretch.first : 0), rank: rank + first - stretch.first, count, first });
      }
      rank += stretch.count;
      if (stretch.alive) at += stretch.count;
    }
    return out;
  }

  private set(run: Run, alive: boolean): void {
    for (let index = 0; index < this.stretches.length; index += 1) {
      let stretch = this.stretches[index] as Stretch;
      const before = run.first - stretch.first;
      if (before >= stretch.count || run.first + run.count <= stretch.first || stretch.alive === alive) continue;
      if (before > 0) {
        this.split(index, before);
        continue;
      }
      const count = run.first + run.count - stretch.first;
      if (count < stretch.count) this.split(index, count);
      stretch = this.stretches[index] as Stretch;
      stretch.alive = alive;
    }
    this.join();
  }

  /** The index of the stretch that begins at this place: what is gone stands behind what is inserted where it was. */
  private splitAt(at: number): number {
    let place = 0;
    for (const [index, stretch] of this.stretches.entries()) {
      if (place === at) return index;
      if (!stretch.alive) continue;
      if (at < place + stretch.count) {
        this.split(index, at - place);
        return index + 1;
      }
      place += stretch.count;
    }
    return this.stretches.length;
  }

  private split(index: number, count: number): void {
    const { first, count: all, alive } = this.stretches[index] as Stretch;
    this.stretches.splice(index, 1, { first, count, alive }, { first: first + count, count: all - count, alive });
  }

  /** Stretches that follow one another in number and place become one. */
  private join(): void {
    const out: Stretch[] = [];
    for (const stretch of this.stretches) {
      const last = out.at(-1);
      if (last !== undefined && last.alive === stretch.alive && last.first + last.count === stretch.first) {
        out[out.length - 1] = { ...last, count: last.count + stretch.count };
      } else {
        out.push(stretch);
      }
    }
    this.stretches = out;
  }
}
