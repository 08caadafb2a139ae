/**
 * Undoing what was done to a plan here, and nothing that others did: letters that were typed here go, those that were deleted
 * here come back where they stood; what was said in one word goes back only where it still says what was said here.
 */

import type { Patch } from "@automerge/automerge/slim";
import { Identities, type Run } from "../editor/identities";
import type { TextPath } from "./plan-document";
import { isReplaced, movesIn, type TextSplice } from "./text-writing";

/** What a plan says at one place: a word, yes or no, or nothing. */
export type Value = string | boolean | null;

/** A place of the document that holds one value. */
export type ValuePath = readonly [string, string] | readonly [string];

/** A value that was said in the place of another. */
export interface ValueDeed {
  readonly path: ValuePath;
  readonly before: Value;
  readonly after: Value;
}

/** Letters that came into a text and went out of it, by their numbers. */
export interface TextDeed {
  readonly text: TextPath;
  readonly letters: Identities;
  readonly born: readonly Run[];
  readonly gone: readonly { readonly run: Run; readonly text: string }[];
}

export type Deed = ValueDeed | TextDeed;

/** A splice that brings letters back that had a number. */
export interface Revival extends TextSplice {
  readonly revived: Run | null;
}

interface Step {
  readonly deeds: readonly Deed[];
  readonly at: number;
}

/** How many steps can be undone. */
const STEPS_MOST = 500;
/** Typing on within this many milliseconds belongs to the same step. */
const PAUSE = 600;

/** The letters of the texts that were written in here: which is which, wherever they move. */
export class Letters {
  private readonly known = new Map<string, { readonly path: TextPath; readonly letters: Identities }>();

  /** Those of a text, which is so long now. */
  of(path: TextPath, length: number): Identities {
    const name = path.join("/");
    const known = this.known.get(name)?.letters;
    if (known?.length === length) return known;
    const letters = new Identities(length);
    this.known.set(name, { path, letters });
    return letters;
  }

  /** Whether these are still the letters of that text. */
  areOf(path: TextPath, letters: Identities): boolean {
    return this.known.get(path.join("/"))?.letters === letters;
  }

  /** Others wrote. */
  receive(patches: readonly Patch[]): void {
    for (const [name, { path, letters }] of this.known) {
      if (isReplaced(path, patches)) {
        this.known.delete(name);
        continue;
      }
      for (const { at, removed, inserted } of movesIn(path, patches)) {
        letters.remove(at, removed);
        letters.insert(at, inserted);
      }
    }
  }
}

/** Takes down in a text's numbers what is done to it; what undoing that needs to know. */
export function recorded(text: TextPath, letters: Identities, splices: readonly Revival[]): TextDeed {
  const born: Run[] = [];
  const gone: { run: Run; text: string }[] = [];
  for (const { at, removed, inserted, revived } of [...splices].reverse()) {
    let from = 0;
    for (const run of letters.remove(at, removed.length)) {
      gone.push({ run, text: removed.slice(from, from + run.count) });
      from += run.count;
    }
    if (revived !== null) letters.revive(revived);
    const run = revived ?? (inserted === "" ? null : letters.insert(at, inserted.length));
    if (run !== null) born.push(run);
  }
  return { text, letters, born, gone };
}

/** What takes a deed on a text back as it stands now, in order; nothing if nothing of it is left. */
export function splicesBack({ letters, born, gone }: TextDeed, now: string): Revival[] {
  const found: (Revival & { rank: number })[] = [];
  for (const run of born) {
    for (const { at, count, rank } of letters.find(run)) found.push({ at, removed: now.slice(at, at + count), inserted: "", revived: null, rank });
  }
  for (const { run, text } of gone) {
    for (const { at, count, first, rank } of letters.findGone(run)) {
      const from = first - run.first;
      found.push({ at, removed: "", inserted: text.slice(from, from + count), revived: { first, count }, rank });
    }
  }
  return found.sort((one, other) => one.rank - other.rank);
}

/** What was done here, step by step. */
export class PlanHistory {
  private done: Step[] = [];
  private undone: Step[] = [];

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Takes down what was done in one go at this time, in milliseconds. */
  record(deeds: readonly Deed[], at: number): void {
    if (deeds.length === 0) return;
    this.undone = [];
    const last = this.done.at(-1);
    if (last !== undefined && at - last.at < PAUSE && goesOn(last.deeds, deeds)) this.done[this.done.length - 1] = { deeds: [...last.deeds, ...deeds], at };
    else this.done.push({ deeds, at });
    if (this.done.length > STEPS_MOST) this.done.shift();
  }

  /** Takes back what was done last: `back` says what it did for that, and where nothing was left to take back the step before goes. */
  undo(back: (deeds: readonly Deed[]) => readonly Deed[]): boolean {
    return turn(this.done, this.undone, back);
  }

  redo(back: (deeds: readonly Deed[]) => readonly Deed[]): boolean {
    return turn(this.undone, this.done, back);
  }
}

function turn(from: Step[], to: Step[], back: (deeds: readonly Deed[]) => readonly Deed[]): boolean {
  for (let step = from.pop(); step !== undefined; step = from.pop()) {
    const deeds = back([...step.deeds].reverse());
    if (deeds.length === 0) continue;
    to.push({ deeds, at: -Infinity });
    return true;
  }
  return false;
}

/** Whether this only goes on with what was done before: both write in the same text. */
function goesOn(before: readonly Deed[], now: readonly Deed[]): boolean {
  const [one, other] = [before.at(-1), now[0]];
  return now.length === 1 && one !== undefined && other !== undefined && "text" in one && "text" in other && one.letters === other.letters;
}
