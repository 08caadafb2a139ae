/** Where actions lie on a line of months. */

import { dayNumber, firstOfMonth, monthOf, type Day } from "./days";
import type { Action } from "./plan-document";

/** Some months in a row, each counted from that of the year 0. */
export interface Months {
  readonly first: number;
  readonly count: number;
}

/** An action between two days, as numbers; where one of the two is not said it is the other. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The first month that there is, and the one after the last. */
const [EARLIEST, AFTER_LATEST] = [0, 120_000];

/** From when until when an action is; nothing where no day of it can be read. What is due before it starts lies between the two all the same. */
export function spanOf({ start, due }: Pick<Action, "start" | "due">): Span | null {
  const days = [dayNumber(start), dayNumber(due)].flatMap((day) => day ?? []);
  return days.length === 0 ? null : { from: Math.min(...days), to: Math.max(...days) };
}

/** The months to be shown: all that the actions take, if there is room for them; else from last month on, or from the first. */
export function monthsFor(actions: readonly Action[], today: Day, room: number): Months {
  const days = actions.flatMap(({ start, due }) => [start, due].filter((day): day is string => dayNumber(day) !== null));
  const now = monthOf(today);
  const months = [now, ...days.map(monthOf)];
  const [first, last] = [Math.min(...months), Math.max(...months)];
  if (last - first < room) return { first, count: Math.max(last - first + 1, Math.min(room, 3)) };
  return { first: Math.max(first, now - 1), count: room };
}

/** So many months further on, or back. */
export function turned({ first, count }: Months, by: number): Months {
  return { first: Math.max(EARLIEST, Math.min(AFTER_LATEST - count, first + by)), count };
}

/** Whether any day of it lies in those months. */
export function isWithin({ from, to }: Span, { first, count }: Months): boolean {
  return to >= firstOfMonth(first) && from < firstOfMonth(first + count);
}

/** How far along a line of those months a day begins, from 0 at its beginning to 1 at its end, and beyond either. */
export function along(day: number, { first, count }: Months): number {
  const [from, to] = [firstOfMonth(first), firstOfMonth(first + count)];
  return (day - from) / (to - from);
}
