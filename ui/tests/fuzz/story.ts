/** A story at random: some people write one page, lose touch, meet again, and undo. */

import { spansOf } from "./spans-of";
import { begun, Writer } from "../writers";
import { Chance } from "./chance";
import { Alphabet, someBlocks, someDeed } from "./deeds";

const NAMES = ["Ada", "Bo", "Cy"];

/** A character that somebody wrote, and may have been written again when a deletion was undone. */
interface Copy {
  readonly writer: number;
  /** By what it came; nothing if the page was begun with it. */
  readonly change: Uint8Array | null;
  deleted: boolean;
}

/** What a run did, for the counts that the test prints. */
export interface Told {
  readonly deeds: Map<string, number>;
  readonly characters: number;
}

export class Story {
  private readonly chance: Chance;
  private readonly alphabet = new Alphabet();
  private readonly writers: Writer[];
  /** For each writer the changes they have, each after those it builds on. */
  private readonly logs: Uint8Array[][];
  private readonly known: Set<Uint8Array>[];
  /** Which pairs are in touch. */
  private readonly touch: boolean[][];
  private readonly copies = new Map<string, Copy[]>();
  private readonly moved = new Set<string>();
  private readonly deeds = new Map<string, number>();
  readonly lines: string[] = [];

  constructor(
    readonly seed: number,
    private readonly steps: number,
  ) {
    this.chance = new Chance(seed);
    const count = this.chance.chance(0.5) ? 2 : 3;
    const blocks = someBlocks(this.chance, this.alphabet, this.chance.between(0, 6));
    const bytes = begun(blocks);
    this.writers = NAMES.slice(0, count).map((name, number) => new Writer(name, bytes, number + 1));
    this.logs = this.writers.map(() => []);
    this.known = this.writers.map(() => new Set());
    this.touch = this.writers.map(() => this.writers.map(() => true));
    for (const character of characters(blocks.map(({ text }) => text).join(""))) {
      this.copies.set(character, [{ writer: -1, change: null, deleted: false }]);
    }
  }

  run(): Told {
    for (let step = 0; step < this.steps; step += 1) this.step();
    this.meet();
    this.agree("at the end");
    for (const number of this.writers.keys()) this.undoMuch(number);
    this.meet();
    this.agree("after much was undone");
    this.nothingIsLost();
    return { deeds: this.deeds, characters: this.copies.size };
  }

  private step(): void {
    const number = this.chance.between(0, this.writers.length - 1);
    const other = this.chance.between(0, this.writers.length - 1);
    this.chance.weighed<() => void>([
      [70, () => this.write(number)],
      [10, () => this.turn(number, "undo")],
      [5, () => this.turn(number, "redo")],
      [25, () => this.exchange(number, other)],
      [4, () => (this.touched(number)[other] = false)],
      [4, () => (this.touched(number)[other] = true)],
    ])();
  }

  private touched(number: number): boolean[] {
    return this.touch[number] as boolean[];
  }

  private write(number: number): void {
    const deed = someDeed(this.chance, this.alphabet);
    const pause = this.chance.chance(0.3) ? 10 : 5_000;
    this.watch(number, deed.name, deed.moves === true, (writer) => {
      writer.clock += pause;
      const transaction = deed.do(writer.state);
      if (transaction !== null) writer.binding.dispatch(transaction);
    });
  }

  private turn(number: number, name: "undo" | "redo"): void {
    this.watch(number, name, false, (writer) => void writer.binding[name]());
  }

  /** Somebody does something: what appears by it, what goes, and whether the page reads as the editor took it to. */
  private watch(number: number, name: string, moves: boolean, make: (writer: Writer) => void): void {
    const writer = this.writers[number] as Writer;
    this.lines.push(`${writer.name}: ${name}`);
    const before = characters(writer.text);
    make(writer);
    const written = writer.unheard.splice(0);
    this.take(number, written);
    this.deeds.set(name, (this.deeds.get(name) ?? 0) + (written.length > 0 ? 1 : 0));
    const after = characters(writer.text);
    if (moves) for (const character of before) this.moved.add(character);
    const came = [...after].filter((character) => !before.has(character));
    const gone = [...before].filter((character) => !after.has(character));
    const undoing = name === "undo" || name === "redo";
    for (const character of gone) this.goes(number, character, undoing);
    for (const character of came) this.comes(number, character, written[0] ?? null);
    if (!writer.binding.settle()) this.fail(`${writer.name}'s editor did not show what the page reads after: ${name}`);
  }

  private comes(number: number, character: string, change: Uint8Array | null): void {
    const copies = this.copies.get(character) ?? [];
    // Undoing may bring back what somebody else brings back as well.
    if (copies.length > 0) this.moved.add(character);
    this.copies.set(character, [...copies, { writer: number, change, deleted: false }]);
  }

  private goes(number: number, character: string, undoing: boolean): void {
    const seen = (this.copies.get(character) ?? []).filter(({ change }) => change === null || this.known[number]?.has(change));
    const foreign = seen.every(({ writer }) => writer !== number);
    if (undoing && foreign) this.fail(`undoing took away ${character}, which others wrote`);
    for (const copy of seen) copy.deleted = true;
  }

  private take(number: number, changes: readonly Uint8Array[]): void {
    for (const change of changes) {
      this.known[number]?.add(change);
      this.logs[number]?.push(change);
    }
  }

  /** Two meet: each has what the other has. */
  private exchange(a: number, b: number, regardless = false): void {
    if (a === b || (!regardless && !this.touched(a)[b])) return;
    for (const [to, from] of [[a, b], [b, a]] as const) {
      const news = (this.logs[from] as Uint8Array[]).filter((change) => !this.known[to]?.has(change));
      if (news.length === 0) continue;
      const some = regardless ? news : news.slice(0, this.chance.between(1, news.length));
      this.lines.push(`${this.writers[to]?.name}: hears ${some.length} of ${this.writers[from]?.name}`);
      (this.writers[to] as Writer).binding.receive(some);
      this.take(to, some);
    }
  }

  private meet(): void {
    for (let round = 0; round < 2; round += 1) {
      for (const a of this.writers.keys()) for (const b of this.writers.keys()) this.exchange(a, b, true);
    }
  }

  private undoMuch(number: number): void {
    for (let time = 0; time < 8; time += 1) this.turn(number, "undo");
  }

  /** The documents read the same, the editors show the same, and it is what the documents read. */
  private agree(when: string): void {
    const [first, ...others] = this.writers;
    if (first === undefined) return;
    for (const writer of this.writers) {
      writer.state.doc.check();
      if (!writer.binding.settle()) this.fail(`${writer.name}'s editor does not show what the page reads, ${when}`);
    }
    for (const other of others) {
      if (spansOf(first.replica) !== spansOf(other.replica)) this.fail(`${first.name} and ${other.name} read other things, ${when}`);
      if (!first.state.doc.eq(other.state.doc)) this.fail(`${first.name} and ${other.name} are shown other things, ${when}`);
    }
  }

  /** What was written and nobody who had seen it deleted is there; and once, unless it was moved or brought back. */
  private nothingIsLost(): void {
    const text = this.writers[0]?.text ?? "";
    for (const [character, copies] of this.copies) {
      const count = text.split(character).length - 1;
      if (count === 0 && copies.some(({ deleted }) => !deleted)) this.fail(`${character} was lost; nobody deleted it`);
      if (count > 1 && !this.moved.has(character)) this.fail(`${character} is there ${count} times`);
    }
  }

  private fail(what: string): never {
    throw new Error(`seed ${this.seed}: ${what}\n${this.lines.slice(-12).join("\n")}`);
  }
}

/** The characters that are found once in a run. */
function characters(text: string): Set<string> {
  return new Set([...text].filter((character) => character >= "\u4e00"));
}
