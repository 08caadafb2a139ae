/** The actions that are shown, as entries of a calendar. */

import { dayNumber } from "../../plan/days";
import type { Entry } from "../../plan/calendar";
import type { Action } from "../../plan/plan-document";
import { m } from "../../paraglide/messages.js";
import { shortly, statusName } from "./plan-words";

/** One for each that has a due date; `title` is the plan's. */
export function calendarEntries(actions: readonly Action[], title: string, owner: (id: string) => string): Entry[] {
  return actions.filter(({ due }) => dayNumber(due) !== null).map((action) => ({
    id: action.id,
    day: action.due ?? "",
    summary: action.text.trim() === "" ? shortly(action) : action.text.trim(),
    description: [
      title,
      `${m.plan_status()}: ${statusName(action.status)}`,
      ...(action.owner === null ? [] : [`${m.plan_owner()}: ${owner(action.owner)}`]),
      ...(action.partner === null ? [] : [`${m.plan_partner_organisation()}: ${action.partner}`]),
    ].join("\n"),
    isCancelled: action.status === "stopped",
  }));
}
