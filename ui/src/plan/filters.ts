/** Which actions are shown, and how many of whose there are. */

import { folded } from "../words/folded";
import { dayNumber, mondayOf, monthOf, type Day } from "./days";
import { isStatus, STATUSES, type Action, type Status } from "./plan-document";

export const DATES = ["overdue", "week", "month", "none"] as const;
export type DateFilter = (typeof DATES)[number];

/** What is asked for; `null` is all of them, and an empty text those of whom it is not said. */
export interface Filters {
  readonly partner: string | null;
  readonly owner: string | null;
  readonly status: string | null;
  readonly date: DateFilter | null;
}

export const ALL: Filters = { partner: null, owner: null, status: null, date: null };

export function isFiltered({ partner, owner, status, date }: Filters): boolean {
  return partner !== null || owner !== null || status !== null || date !== null;
}

/** One name for what people write with and without capitals, accents and spaces around it. */
export function partnerName(partner: string | null): string {
  return folded((partner ?? "").trim());
}

/** Whether an action is still to be done; what a newer version calls its status is taken for that. */
export function isOpen({ status }: Pick<Action, "status">): boolean {
  return status !== "done" && status !== "stopped";
}

/** Whether an action should have been done before today and was not. */
export function isOverdue(action: Pick<Action, "status" | "due">, today: Day): boolean {
  return isOpen(action) && dayNumber(action.due) !== null && (action.due ?? "") < today;
}

/** Those that are asked for, in the order they have. */
export function filtered(actions: readonly Action[], { partner, owner, status, date }: Filters, today: Day): readonly Action[] {
  if (partner === null && owner === null && status === null && date === null) return actions;
  return actions.filter(
    (action) =>
      (partner === null || partnerName(action.partner) === partnerName(partner)) &&
      (owner === null || (action.owner ?? "") === owner) &&
      (status === null || action.status === status) &&
      (date === null || isOfDate(action, date, today)),
  );
}

function isOfDate(action: Action, date: DateFilter, today: Day): boolean {
  const [due, now] = [dayNumber(action.due), dayNumber(today)];
  if (date === "none") return due === null && dayNumber(action.start) === null;
  if (due === null || now === null) return false;
  if (date === "overdue") return isOverdue(action, today);
  return date === "week" ? mondayOf(due) === mondayOf(now) : monthOf(action.due ?? "") === monthOf(today);
}

/** How many actions of a partner stand how; `other` are those of a status that this version does not know. */
export interface Share {
  /** As it was written first; empty where no partner is said. */
  readonly partner: string;
  readonly counts: Readonly<Record<Status | "other", number>>;
  readonly count: number;
  readonly overdue: number;
}

/** Each partner's share, by name, and last what is nobody's. */
export function sharesOf(actions: readonly Action[], today: Day): Share[] {
  const found = new Map<string, { partner: string; of: Action[] }>();
  for (const action of actions) {
    const name = partnerName(action.partner);
    const share = found.get(name) ?? { partner: (action.partner ?? "").trim(), of: [] };
    share.of.push(action);
    found.set(name, share);
  }
  const shares = [...found.values()].map(({ partner, of }): Share => {
    const counted = (status: string) => of.filter((action) => action.status === status).length;
    const counts = Object.fromEntries(STATUSES.map((status) => [status, counted(status)])) as Record<Status, number>;
    const other = of.filter(({ status }) => !isStatus(status)).length;
    return { partner, counts: { ...counts, other }, count: of.length, overdue: of.filter((action) => isOverdue(action, today)).length };
  });
  return shares.sort((one, other) => Number(one.partner === "") - Number(other.partner === "") || (partnerName(one.partner) < partnerName(other.partner) ? -1 : 1));
}

/** Actions that belong together. */
export interface Group {
  /** The outcome's id, or the partner as it was written first; empty where neither is said. */
  readonly key: string;
  readonly actions: readonly Action[];
}

/** By outcome, in the order of outcomes; what serves none, or one that is not there, comes last. */
export function groupedByOutcome(actions: readonly Action[], outcomes: readonly { readonly id: string }[]): Group[] {
  const known = new Set(outcomes.map(({ id }) => id));
  const groups = outcomes.map(({ id }) => ({ key: id, actions: actions.filter(({ outcome }) => outcome === id) }));
  const rest = { key: "", actions: actions.filter(({ outcome }) => outcome === null || !known.has(outcome)) };
  return rest.actions.length > 0 || groups.length === 0 ? [...groups, rest] : groups;
}

/** By partner, by name; what is nobody's comes last. */
export function groupedByPartner(actions: readonly Action[]): Group[] {
  return sharesOf(actions, "").map(({ partner }) => ({ key: partner, actions: actions.filter((action) => partnerName(action.partner) === partnerName(partner)) }));
}
