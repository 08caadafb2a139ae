import * as A from "@automerge/automerge/slim";
import { expect, test } from "vitest";
import { meet, planners, type Planner } from "../../tests/planners";
import { actionKey, WHY } from "./plan-document";

const GWEN = "ab".repeat(32);

/** Ada and Bo have one action before them, which Ada wrote. */
function together(): { ada: Planner; bo: Planner; id: string } {
  const [ada, bo] = planners("Ada", "Bo") as [Planner, Planner];
  const id = ada.adds("Ring every home on the list");
  meet(ada, bo);
  return { ada, bo, id };
}

test("a new plan has a why that is empty, and nothing in it", () => {
  const [ada] = planners("Ada") as [Planner];
  expect(ada.plan.plan).toEqual({ template: "plan", why: "", outcomes: [], actions: [], deletedActions: [], deletedOutcomes: [] });
});

test("Ada gives an action a day while Bo gives it an owner: both have their way", () => {
  const { ada, bo, id } = together();
  ada.does((plan) => { plan.say(id, { due: "2027-03-31" }); });
  bo.does((plan) => { plan.say(id, { owner: GWEN, status: "doing" }); });
  meet(ada, bo);
  for (const one of [ada, bo]) expect(one.action(id)).toMatchObject({ text: "Ring every home on the list", due: "2027-03-31", owner: GWEN, status: "doing" });
});

test("Ada moves an action up while Bo writes in it", () => {
  const { ada, bo, id } = together();
  const first = ada.adds("Ask the chapel");
  meet(ada, bo);
  ada.does((plan) => { plan.moveAction(first, { among: plan.plan.actions, before: id }); });
  bo.does((plan) => { plan.write([actionKey(first), "text"], "Ask the chapel for its hall"); });
  meet(ada, bo);
  for (const one of [ada, bo]) expect(one.texts).toEqual(["Ask the chapel for its hall", "Ring every home on the list"]);
});

test("Ada deletes an action while Bo writes in it: brought back it has his words", () => {
  const { ada, bo, id } = together();
  ada.does((plan) => { plan.markAction(id, true); });
  bo.does((plan) => { plan.write([actionKey(id), "notes"], "Mrs Parri has the list."); });
  bo.does((plan) => { plan.say(id, { status: "done" }); });
  meet(ada, bo);
  for (const one of [ada, bo]) expect(one.texts).toEqual([]);
  expect(bo.plan.plan.deletedActions.map(({ text }) => text)).toEqual(["Ring every home on the list"]);
  bo.does((plan) => { plan.markAction(id, false); });
  meet(ada, bo);
  expect(ada.action(id)).toMatchObject({ notes: "Mrs Parri has the list.", status: "done", isDeleted: false });
});

test("two write in one why at once, and both keep their words", () => {
  const [ada, bo] = planners("Ada", "Bo") as [Planner, Planner];
  ada.writesWhy("Nobody goes home to a cold house.");
  meet(ada, bo);
  ada.writesWhy("Nobody in the valley goes home to a cold house.");
  bo.writesWhy("Nobody goes home from hospital to a cold house this winter.");
  meet(ada, bo);
  expect(ada.plan.plan.why).toBe("Nobody in the valley goes home from hospital to a cold house this winter.");
  expect(bo.plan.plan.why).toBe(ada.plan.plan.why);
});

test("two add an action at the end at once: both are there, in one order for everybody", () => {
  const { ada, bo } = together();
  ada.adds("Ask the chapel");
  bo.adds("Order the heaters");
  meet(ada, bo);
  expect(ada.texts).toHaveLength(3);
  expect(new Set(ada.texts)).toEqual(new Set(["Ring every home on the list", "Ask the chapel", "Order the heaters"]));
  expect(bo.texts).toEqual(ada.texts);
});

test("Ada undoes what she did, and nothing that Bo did", () => {
  const { ada, bo, id } = together();
  ada.does((plan) => { plan.say(id, { status: "doing", due: "2027-03-31" }); });
  meet(ada, bo);
  bo.does((plan) => { plan.say(id, { status: "done" }); });
  bo.does((plan) => { plan.write([actionKey(id), "text"], "Ring every home on the new list"); });
  meet(ada, bo);
  expect(ada.plan.undo()).toBe(true);
  expect(ada.action(id)).toMatchObject({ text: "Ring every home on the new list", status: "done", due: null });
  expect(ada.plan.undo(), "then the making of it").toBe(true);
  expect(ada.texts).toEqual([]);
  expect(ada.plan.undo(), "and there is nothing more of hers").toBe(false);
  meet(ada, bo);
  expect(bo.plan.canUndo).toBe(true);
  ada.plan.redo();
  meet(ada, bo);
  expect(bo.texts).toEqual(["Ring every home on the new list"]);
});

test("Ada undoes what she typed, around what Bo typed in the middle of it", () => {
  const { ada, bo, id } = together();
  ada.clock += 60_000;
  ada.types(id, " and road");
  meet(ada, bo);
  bo.does((plan) => { plan.write([actionKey(id), "text"], "Ring every home on the list and every road"); });
  meet(ada, bo);
  ada.plan.undo();
  expect(ada.action(id).text, "his word stays, with his space").toBe("Ring every home on the listevery ");
  ada.plan.redo();
  expect(ada.action(id).text).toBe("Ring every home on the list and every road");
  meet(ada, bo);
  expect(bo.action(id).text).toBe(ada.action(id).text);
});

test("what was deleted from a text comes back where it stood, and typing without a pause goes in one step", () => {
  const { ada, bo, id } = together();
  ada.does((plan) => { plan.write([actionKey(id), "text"], "Ring on the list"); });
  meet(ada, bo);
  bo.does((plan) => { plan.write([actionKey(id), "text"], "Today: Ring on the list"); });
  meet(ada, bo);
  ada.plan.undo();
  expect(ada.action(id).text).toBe("Today: Ring every home on the list");
  ada.clock += 60_000;
  ada.types(id, ", twice");
  ada.plan.undo();
  expect(ada.action(id).text).toBe("Today: Ring every home on the list");
});

test("what is said in one word is one value, and what is taken back is not said any more", () => {
  const { ada, id } = together();
  ada.does((plan) => { plan.say(id, { partner: "Police", due: "2027-03-31" }); });
  const held = (name: string) => (ada.page.fields[actionKey(id)] as Record<string, unknown>)[name];
  expect(A.isImmutableString(held("partner"))).toBe(true);
  expect(A.isImmutableString(held("order"))).toBe(true);
  expect(typeof held("text")).toBe("string");
  ada.does((plan) => { plan.say(id, { partner: null }); });
  expect(held("partner")).toBeUndefined();
  expect(ada.action(id).partner).toBeNull();
});

test("a why that was never begun as a text is said whole, and one can undo it", () => {
  const [ada, bo] = planners("Ada", "Bo") as [Planner, Planner];
  ada.page.alter((draft) => { draft["f/why"] = new A.ImmutableString("Warm homes"); });
  meet(ada, bo);
  expect(bo.plan.isShared(WHY)).toBe(false);
  bo.writesWhy("Warm homes by November");
  expect(bo.plan.plan.why).toBe("Warm homes by November");
  bo.plan.undo();
  expect(bo.plan.plan.why).toBe("Warm homes");
});

test("what a newer version wrote, or somebody wrote wrongly, is read as far as it goes, and stays", () => {
  const { ada, bo, id } = together();
  ada.page.alter((draft) => {
    const action = draft[actionKey(id)] as Record<string, unknown>;
    Object.assign(action, { status: new A.ImmutableString("paused"), due: new A.ImmutableString("soon"), mood: 3, order: 7, start: new A.ImmutableString("0000-01-01") });
    Object.assign(draft, { [`a/${"00".repeat(16)}`]: 5, "a/short": { text: "no" }, [`a/${"11".repeat(16)}`]: { notes: "no text" }, [`o/${"22".repeat(16)}`]: { text: 4 } });
  });
  meet(ada, bo);
  expect(bo.action(id)).toMatchObject({ status: "paused", due: "soon", start: "0000-01-01", order: null });
  expect(bo.texts).toEqual(["", "Ring every home on the list"].sort((one) => (one === "" ? -1 : 1)));
  bo.does((plan) => { plan.say(id, { owner: GWEN }); });
  meet(ada, bo);
  expect((ada.page.fields[actionKey(id)] as Record<string, unknown>)["mood"]).toBe(3);
});

test("whoever changes one action of 500 is given the others as they were", () => {
  const { ada, id } = together();
  for (let count = 0; count < 500; count += 1) ada.plan.addAction({}, { among: ada.plan.plan.actions, before: null }, `Visit street ${count}`);
  const before = ada.plan.plan.actions;
  ada.types(id, ".");
  const { actions } = ada.plan.plan;
  expect(actions.filter((action, at) => action !== before[at]).map(({ text }) => text)).toEqual(["Ring every home on the list."]);
});
