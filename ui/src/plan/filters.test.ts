import { expect, test } from "vitest";
import { ALL, filtered, groupedByOutcome, groupedByPartner, isOverdue, sharesOf, type Filters } from "./filters";
import type { Action } from "./plan-document";

/** A Sunday. */
const TODAY = "2026-11-29";
const action = (text: string, more: Partial<Action> = {}): Action => ({ id: text, text, notes: "", order: null, isDeleted: false, status: "todo", owner: null, partner: null, start: null, due: null, outcome: null, ...more });

const heat = action("heat", { partner: "Housing association", owner: "gwen", status: "done", due: "2026-11-10" });
const ring = action("ring", { partner: "Police", owner: "bo", due: "2026-11-20", outcome: "o1" });
const hall = action("hall", { partner: " police ", due: TODAY, status: "doing" });
const tell = action("tell", { due: "2026-11-30", outcome: "gone" });
const later = action("later", { partner: "Police", due: "2027-03-31", status: "stopped", outcome: "o2" });
const newer = action("newer", { partner: "Heddlu", status: "paused", due: "soon" });
const all = [heat, ring, hall, tell, later, newer];
const asked = (more: Partial<Filters>) => filtered(all, { ...ALL, ...more }, TODAY).map(({ text }) => text);

test("what should have been done and was not is overdue; what is done, stopped or due today is not", () => {
  expect(all.filter((one) => isOverdue(one, TODAY)).map(({ text }) => text)).toEqual(["ring"]);
  expect(isOverdue(action("old", { status: "paused", due: "0000-01-01" }), TODAY)).toBe(true);
});

test("actions are found by partner, owner, status and date, and by all of these at once", () => {
  expect(filtered(all, ALL, TODAY)).toBe(all);
  expect(asked({ partner: "Police" })).toEqual(["ring", "hall", "later"]);
  expect(asked({ partner: "" })).toEqual(["tell"]);
  expect(asked({ owner: "" })).toEqual(["hall", "tell", "later", "newer"]);
  expect(asked({ status: "paused" })).toEqual(["newer"]);
  expect(asked({ date: "overdue" })).toEqual(["ring"]);
  expect(asked({ date: "week" }), "the week ends on Sunday").toEqual(["hall"]);
  expect(asked({ date: "month" })).toEqual(["heat", "ring", "hall", "tell"]);
  expect(asked({ date: "none" }), "what was said of it is no day").toEqual(["newer"]);
  expect(asked({ partner: "police", date: "week", owner: "bo" })).toEqual([]);
});

test("each partner's share is counted under one name, and last what is nobody's", () => {
  expect(sharesOf(all, TODAY).map(({ partner, count, overdue, counts }) => [partner, count, overdue, counts.todo, counts.doing, counts.done, counts.stopped, counts.other])).toEqual([
    ["Heddlu", 1, 0, 0, 0, 0, 0, 1],
    ["Housing association", 1, 0, 0, 0, 1, 0, 0],
    ["Police", 3, 1, 1, 1, 0, 1, 0],
    ["", 1, 0, 1, 0, 0, 0, 0],
  ]);
});

test("no action falls out of the groups", () => {
  const outcomes = [{ id: "o2" }, { id: "o1" }, { id: "o3" }];
  expect(groupedByOutcome(all, outcomes).map(({ key, actions }) => [key, actions.map(({ text }) => text)])).toEqual([["o2", ["later"]], ["o1", ["ring"]], ["o3", []], ["", ["heat", "hall", "tell", "newer"]]]);
  expect(groupedByOutcome([], [])).toEqual([{ key: "", actions: [] }]);
  expect(groupedByPartner(all).map(({ key, actions }) => [key, actions.length])).toEqual([["Heddlu", 1], ["Housing association", 1], ["Police", 3], ["", 1]]);
});
