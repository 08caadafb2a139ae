/** A plan as people say it: how an action stands, and when it is due. */

import { dayNumber, type Day } from "../../plan/days";
import { isFiltered, isOverdue, type DateFilter, type Filters } from "../../plan/filters";
import { isStatus, STATUSES, type Action, type Outcome, type Saying, type Status } from "../../plan/plan-document";
import { m } from "../../paraglide/messages.js";
import { spokenDate } from "../../words/times";

const STATUS_NAMES: Record<Status, () => string> = { todo: m.plan_todo, doing: m.plan_doing, done: m.plan_done, stopped: m.plan_stopped };
const DATE_NAMES: Record<DateFilter, () => string> = { overdue: m.plan_overdue_ones, week: m.plan_this_week, month: m.plan_this_month, none: m.plan_no_date };
const SAYING_NAMES: Record<Saying, () => string> = { status: m.plan_status, owner: m.plan_owner, partner: m.plan_partner_organisation, start: m.plan_start, due: m.plan_due, outcome: m.plan_serves };

/** So much of a text stands where a whole one would be too long, in characters. */
const SHORT = 80;

/** What an action is called, to stand in a sentence. */
export function shortly({ text }: Pick<Action, "text">, none = m.plan_action_untitled()): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return none;
  return line.length > SHORT ? `${[...line.slice(0, SHORT)].slice(0, -1).join("").trimEnd()}…` : line;
}

export function outcomeName(outcome: Pick<Outcome, "text">): string {
  return shortly(outcome, m.plan_outcome_untitled());
}

export function statusName(status: string): string {
  return isStatus(status) ? STATUS_NAMES[status]() : m.plan_status_other({ status });
}

/** The ways an action can stand, to choose from: one that this version does not know stays there to be chosen. */
export function statusChoices(now: string): { value: string; label: string }[] {
  const all = isStatus(now) ? STATUSES : [...STATUSES, now];
  return all.map((value) => ({ value, label: statusName(value) }));
}

export function sayingName(saying: Saying): string {
  return SAYING_NAMES[saying]();
}

export function dateName(date: DateFilter): string {
  return DATE_NAMES[date]();
}

/** A day; what is none is told as it was written. */
export function dayWords(said: string, locale: string): string {
  return dayNumber(said) === null ? m.plan_day_unread({ said }) : spokenDate(said, locale);
}

/** When an action is due, as a line says it: late ones say so. Nothing where it is due on no day. */
export function dueWords(action: Pick<Action, "due" | "status">, today: Day, locale: string): string | null {
  const { due } = action;
  if (due === null) return null;
  if (dayNumber(due) === null) return m.plan_day_unread({ said: due });
  const when = spokenDate(due, locale);
  if (isOverdue(action, today)) return m.plan_overdue({ when });
  return due === today ? m.plan_due_today() : m.plan_due_on({ when });
}

/** From when until when, in one phrase. */
export function datesWords(action: Pick<Action, "start" | "due" | "status">, today: Day, locale: string): string {
  const { start, due } = action;
  if (start !== null && due !== null && !isOverdue(action, today) && dayNumber(start) !== null && dayNumber(due) !== null) {
    return m.plan_from_to({ from: spokenDate(start, locale), to: spokenDate(due, locale) });
  }
  const begins = start === null ? [] : [dayNumber(start) === null ? m.plan_day_unread({ said: start }) : m.plan_starts_on({ when: spokenDate(start, locale) })];
  const said = [...begins, ...[dueWords(action, today, locale) ?? []].flat()];
  return said.length === 0 ? m.plan_no_date() : said.join(". ");
}

/** Which actions are shown, in words. */
export function filterWords(filters: Filters, owner: (id: string) => string): string {
  if (!isFiltered(filters)) return "";
  const { partner, owner: id, status, date } = filters;
  return [
    ...(partner === null ? [] : [partner === "" ? m.plan_partner_none() : partner]),
    ...(id === null ? [] : [id === "" ? m.plan_unowned() : owner(id)]),
    ...(status === null ? [] : [statusName(status)]),
    ...(date === null ? [] : [dateName(date)]),
  ].join(", ");
}
