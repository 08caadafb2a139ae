/**
 * How a plan lies in its page's document, and what it reads; `../../../crates/document/README.md` has the layout. What cannot be
 * understood is kept where it is and shown as it was written.
 */

import { isImmutableString, type ImmutableString } from "@automerge/automerge/slim";
import { compareOrder, readOrder, type Placed } from "./order";

/** The page's document, as far as a plan knows it. */
export type PlanDocument = Record<string, unknown>;

/** How an action stands; a newer version may know more of them. */
export type Status = "todo" | "doing" | "done" | "stopped";
export const STATUSES: readonly Status[] = ["todo", "doing", "done", "stopped"];

/** What is said of an action in one word, name, day or id; each by itself. */
export const SAYINGS = ["status", "owner", "partner", "start", "due", "outcome"] as const;
export type Saying = (typeof SAYINGS)[number];

/** Something to be reached. */
export interface Outcome extends Placed {
  readonly text: string;
  readonly isDeleted: boolean;
}

/** Something to be done. What is not said is `null`; each is as it was written, also where that means nothing here. */
export interface Action extends Placed, Readonly<Record<Exclude<Saying, "status">, string | null>> {
  readonly text: string;
  readonly notes: string;
  readonly status: string;
  readonly isDeleted: boolean;
}

/** All that a plan says, each in its order. */
export interface Plan {
  readonly template: string;
  readonly why: string;
  readonly outcomes: readonly Outcome[];
  readonly actions: readonly Action[];
  readonly deletedOutcomes: readonly Outcome[];
  readonly deletedActions: readonly Action[];
}

/** Where a text of the plan lies in its document. */
export type TextPath = readonly [string] | readonly [string, "text" | "notes"];

export const WHY: TextPath = ["f/why"];
export const actionKey = (id: string) => `a/${id}`;
export const outcomeKey = (id: string) => `o/${id}`;

/** Whether this version knows such a status. */
export function isStatus(said: string): said is Status {
  return (STATUSES as readonly string[]).includes(said);
}

/** A value as the document holds one that is not to be edited letter by letter. */
type Held = Readonly<Record<string, unknown>>;

/** A text, whichever way it is held; `null` where none is. */
export function textIn(held: unknown): string | null {
  if (typeof held === "string") return held;
  return isImmutableString(held) ? (held as ImmutableString).val : null;
}

/** Reads plans, and gives what has not changed since it was read last as it gave it then. */
export class PlanReader {
  private readonly actions = new WeakMap<object, Action>();
  private readonly outcomes = new WeakMap<object, Outcome>();

  read(document: PlanDocument): Plan {
    const [actions, outcomes] = [this.all(document, "a/", this.actions, actionIn), this.all(document, "o/", this.outcomes, outcomeIn)];
    return {
      template: textIn(document["template"]) ?? "note",
      why: textIn(document["f/why"]) ?? "",
      actions: actions.filter(({ isDeleted }) => !isDeleted),
      outcomes: outcomes.filter(({ isDeleted }) => !isDeleted),
      deletedActions: actions.filter(({ isDeleted }) => isDeleted),
      deletedOutcomes: outcomes.filter(({ isDeleted }) => isDeleted),
    };
  }

  private all<Kind extends Placed>(document: PlanDocument, prefix: string, known: WeakMap<object, Kind>, read: (id: string, held: Held) => Kind): Kind[] {
    const found: Kind[] = [];
    for (const [key, held] of Object.entries(document)) {
      const id = key.slice(prefix.length);
      if (!key.startsWith(prefix) || !/^[0-9a-f]{32}$/.test(id) || !isMap(held)) continue;
      const before = known.get(held);
      const now = before?.id === id ? before : read(id, held);
      known.set(held, now);
      found.push(now);
    }
    return found.sort(compareOrder);
  }
}

function isMap(held: unknown): held is Held {
  return typeof held === "object" && held !== null && !Array.isArray(held) && !isImmutableString(held) && !(held instanceof Date) && !(held instanceof Uint8Array);
}

function actionIn(id: string, held: Held): Action {
  const said = Object.fromEntries(SAYINGS.map((saying) => [saying, textIn(held[saying]) || null])) as Record<Saying, string | null>;
  return { ...said, ...outcomeIn(id, held), notes: textIn(held["notes"]) ?? "", status: said.status ?? "todo" };
}

function outcomeIn(id: string, held: Held): Outcome {
  return { id, text: textIn(held["text"]) ?? "", order: readOrder(textIn(held["order"])), isDeleted: held["deleted"] === true };
}

/** Whether a page's document says that it is a plan, or holds a part of one: nothing of it may stay unseen. */
export function isPlan(document: PlanDocument): boolean {
  return textIn(document["template"]) === "plan" || Object.keys(document).some((key) => /^[ao]\/[0-9a-f]{32}$/.test(key));
}
