// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openWindow, press, take, withoutLayout } from "../../../tests/open-window";
import { PretendDoor } from "../../../tests/pretend-door";
import type { Role } from "../../door/door";
import { dayNumber, dayOf, todayOf } from "../../plan/days";
import { actionKey, WHY, type Plan } from "../../plan/plan-document";
import type { FirstSayings, PlanReplica } from "../../plan/plan-replica";
import { spokenDate } from "../../words/times";

beforeAll(withoutLayout);
beforeEach(() => { vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800); });
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  withoutLayout();
});

const day = (days: number) => dayOf((dayNumber(todayOf(new Date())) ?? 0) + days);
const spoken = (days: number) => spokenDate(day(days), "en");

/** Ada has a plan open that Bo began. */
async function open(fill: (plan: PlanReplica, add: (text: string, said?: FirstSayings) => string) => void, role: Role = "admin"): Promise<{ door: PretendDoor; page: string; others: (make: (plan: PlanReplica) => void) => void; reads: () => Plan }> {
  const door = new PretendDoor();
  const notebook = door.notebook("Winter", role);
  door.sharing.has(notebook, { person_id: "bo", name: "Bo", role: "writer", organisation: "NHS trust" });
  const page = door.page(notebook, "Warm homes", ["Bo", "Gwen"], [], "plan");
  const others = (make: (plan: PlanReplica) => void) => { door.history.planned(page, "Bo", make); };
  others((plan) => { fill(plan, (text, said = {}) => plan.addAction(said, { among: plan.plan.actions, before: null }, text)); });
  openWindow(door);
  await screen.findByRole("heading", { name: "Why" });
  const reads = () => {
    let plan: Plan | null = null;
    others((now) => { plan = now.plan; });
    return plan as unknown as Plan;
  };
  return { door, page, others, reads };
}

const actions = () => screen.getByRole("list", { name: "Actions" });
const texts = () => within(actions()).getAllByRole<HTMLTextAreaElement>("textbox", { name: "Action" });
const written = () => texts().map(({ value }) => value);
const rowOf = (text: string) => texts().find(({ value }) => value === text)?.closest<HTMLElement>("[data-action]") as HTMLElement;
const key = (name: string, held: object = {}) => fireEvent.keyDown(document.activeElement as Element, { key: name, ...held });
const type = async (field: HTMLTextAreaElement | HTMLInputElement, more: string) => {
  field.focus();
  await fireEvent(field, new InputEvent("beforeinput", { bubbles: true }));
  const at = field.selectionStart ?? 0;
  field.setRangeText(more, at, field.selectionEnd ?? at, "end");
  await fireEvent.input(field);
};
const cells = (row: Element | undefined) => [...(row?.children ?? [])].map(({ textContent }) => textContent.trim());
const said = (words: string | RegExp) => waitFor(() => { expect(screen.getAllByRole("status").some(({ textContent }) => (typeof words === "string" ? textContent === words : words.test(textContent)))).toBe(true); });

test("Ada begins a plan: it opens on why with the cursor in it, and what she types there is in the plan", async () => {
  const door = new PretendDoor();
  door.notebook("Winter");
  openWindow(door);
  await press("New plan");
  const why = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Why" });
  await waitFor(() => { expect(document.activeElement).toBe(why); });
  await type(why, "Nobody goes home to a cold house.");
  const plan = door.pages.find(({ line }) => line.template === "plan");
  await waitFor(() => { expect(plan?.changes.length).toBeGreaterThan(0); });
  let reads = "";
  door.history.planned(plan?.line.id ?? "", "Bo", (now) => { reads = now.plan.why; });
  expect(reads).toBe("Nobody goes home to a cold house.");
  expect(screen.getByText("What will be done, by whom and by when, will be here.")).toBeTruthy();
});

test("whoever only reads sees all of it, and is offered nothing that changes it", async () => {
  await open((plan, add) => {
    plan.write(WHY, "Nobody goes home to a cold house.");
    plan.addOutcome("Everybody is met");
    add("Ring every home", { owner: "bo", partner: "Police", due: day(-2) });
  }, "reader");
  expect(screen.getByText("Nobody goes home to a cold house.")).toBeTruthy();
  expect(screen.getAllByText("Everybody is met").length).toBeGreaterThan(0);
  expect(within(actions()).getByText("Ring every home")).toBeTruthy();
  expect(within(actions()).getByText(`Overdue: it was due ${spoken(-2)}`)).toBeTruthy();
  const plan = document.querySelector(".plan") as HTMLElement;
  expect(plan.querySelectorAll("textarea, [contenteditable=true], input:not([type=radio])")).toHaveLength(0);
  for (const name of [/^Add/u, /Delete/u]) expect(within(plan).queryByRole("button", { name })).toBeNull();
  await press("Open: Ring every home");
  const sheet = within(await screen.findByRole("dialog", { name: "Action" }));
  expect(sheet.getByText("Police")).toBeTruthy();
  expect(sheet.queryAllByRole("textbox")).toHaveLength(0);
  expect(sheet.getAllByRole("button").map(({ textContent }) => textContent)).toEqual(["Close"]);
});

test("Ada writes one action after the other with Enter, and moves one with Alt and an arrow", async () => {
  const { reads } = await open((_, add) => { add("Ring every home"); });
  texts()[0]?.focus();
  await key("Enter");
  await waitFor(() => { expect(texts()).toHaveLength(2); });
  await waitFor(() => { expect(document.activeElement).toBe(texts()[1]); });
  await type(texts()[1] as HTMLTextAreaElement, "Find drivers");
  await key("ArrowUp", { altKey: true });
  await waitFor(() => { expect(written()).toEqual(["Find drivers", "Ring every home"]); });
  await said("“Find drivers”: 1 of 2 in “Serving no outcome yet”.");
  await waitFor(() => { expect((document.activeElement as HTMLTextAreaElement).value).toBe("Find drivers"); });
  expect(reads().actions.map(({ text }) => text)).toEqual(["Find drivers", "Ring every home"]);
  await key("ArrowDown");
  await waitFor(() => { expect((document.activeElement as HTMLTextAreaElement).value).toBe("Ring every home"); });
});

test("what Bo writes appears around Ada's cursor, and what she is typing stays", async () => {
  let ring = "";
  const { others, reads } = await open((_, add) => { ring = add("Ring every home"); });
  const field = texts()[0] as HTMLTextAreaElement;
  field.focus();
  field.setSelectionRange(4, 4);
  await type(field, " at once");
  others((plan) => { plan.write([actionKey(ring), "text"], `Today: ${plan.textAt([actionKey(ring), "text"]) ?? ""}`); });
  await waitFor(() => { expect(field.value).toBe("Today: Ring at once every home"); });
  expect(document.activeElement).toBe(field);
  expect(field.selectionStart).toBe("Today: Ring at once".length);
  await type(field, ",");
  expect(reads().actions[0]?.text).toBe("Today: Ring at once, every home");
});

test("Ctrl and Z takes back what Ada did, and nothing that Bo did", async () => {
  let ring = "";
  const { others, reads } = await open((_, add) => { ring = add("Ring every home"); });
  const row = within(rowOf("Ring every home"));
  await fireEvent.change(row.getByLabelText("Status"), { target: { value: "doing" } });
  await said("“Ring every home”: Doing.");
  others((plan) => { plan.say(ring, { owner: "bo" }); });
  await waitFor(() => { expect(row.getByLabelText<HTMLSelectElement>("Owner").value).toBe("bo"); });
  texts()[0]?.focus();
  await key("z", { ctrlKey: true });
  await said("Undone.");
  expect(reads().actions[0]).toMatchObject({ status: "todo", owner: "bo" });
  await key("y", { ctrlKey: true });
  await said("Done again.");
  expect(reads().actions[0]).toMatchObject({ status: "doing", owner: "bo" });
});

test("a partner that Bo changes while Ada types one is said to her, and her letters stay", async () => {
  let ring = "";
  const { others, reads } = await open((_, add) => { ring = add("Ring every home"); });
  await press("Open: Ring every home");
  const sheet = within(await screen.findByRole("dialog", { name: "Action" }));
  const field = sheet.getByLabelText<HTMLInputElement>("Partner organisation");
  expect([...(field.list?.options ?? [])].map(({ value }) => value), "organisations of members are offered").toEqual(["NHS trust"]);
  await key("P");
  await type(field, "Poli");
  others((plan) => { plan.say(ring, { partner: "Fire service", status: "done" }); });
  expect(await sheet.findByText("Somebody changed this to “Fire service” meanwhile. What you put here takes its place.")).toBeTruthy();
  expect(await sheet.findByText("Somebody else just changed: Status, Partner organisation.")).toBeTruthy();
  expect(field.value).toBe("Poli");
  await type(field, "ce");
  await fireEvent.blur(field);
  expect(reads().actions[0]).toMatchObject({ partner: "Police", status: "done" });
});

test("deleting an action offers at once to undo that, and deleted ones are found with what others wrote in them meanwhile", async () => {
  let ring = "";
  const { others, reads } = await open((_, add) => { ring = add("Ring every home"); });
  await press("Open: Ring every home");
  await press("Delete the action");
  expect(await screen.findByText("“Ring every home” is deleted.")).toBeTruthy();
  expect(reads().actions).toEqual([]);
  await press("Undo");
  await waitFor(() => { expect(written()).toEqual(["Ring every home"]); });
  await press("Open: Ring every home");
  await press("Delete the action");
  await press("Put away");
  others((plan) => { plan.write([actionKey(ring), "text"], "Ring every home twice"); });
  await take("More to do with this plan", "Deleted actions and outcomes");
  await press("Bring it back: Ring every home twice");
  await said("“Ring every home twice” is back in the plan.");
  expect(reads().actions.map(({ text }) => text)).toEqual(["Ring every home twice"]);
});

test("somebody who has left, a status from a newer version, and days that nobody meant are told in plain words, and stay", async () => {
  const { reads } = await open((_, add) => {
    add("Ask the board", { owner: "gwen", status: "paused", due: "0000-01-01", start: "9999-12-31" });
    add("Tell everybody", { owner: "ff".repeat(32), due: "soon" });
  }, "reader");
  expect(await within(actions()).findByText("Gwen (has left)")).toBeTruthy();
  expect(await within(actions()).findByText("Somebody who has left")).toBeTruthy();
  expect(within(actions()).getByText("“paused”, which a newer version knows")).toBeTruthy();
  expect(within(actions()).getByText(/Overdue: it was due 1 Jan 0000/u)).toBeTruthy();
  expect(within(actions()).getByText(/It says “soon”, which is not a day that can be shown here\./u)).toBeTruthy();
  (await screen.findByRole("radio", { name: "Board" })).click();
  await waitFor(() => { expect(screen.getByRole("list", { name: "Something else" })).toBeTruthy(); });
  (await screen.findByRole("radio", { name: "Timeline" })).click();
  expect(await screen.findByText("Without a date")).toBeTruthy();
  expect(reads().actions[0]).toMatchObject({ status: "paused", due: "0000-01-01", start: "9999-12-31" });
});

test("actions are found by what is asked for, which is said in words and cleared in one step; each partner's share is counted", async () => {
  await open((_, add) => {
    add("Ring", { partner: "Police", owner: "bo", due: day(-1) });
    add("Visit", { partner: "Police", owner: "bo", due: day(40) });
    add("Heat", { partner: "NHS trust" });
  });
  const choose = async (label: string, value: string) => { await fireEvent.change(within(screen.getByRole("group", { name: "Show" })).getByLabelText(label), { target: { value } }); };
  await said("3 actions.");
  await choose("Partner", "Police");
  await choose("Date", "overdue");
  await said("1 of 3 actions: Police, Overdue.");
  expect(written()).toEqual(["Ring"]);
  await choose("Owner", "");
  await said("0 of 3 actions: Police, Nobody owns it, Overdue.");
  expect(screen.getByText("No action is like that.")).toBeTruthy();
  await press("Show all");
  await waitFor(() => { expect(written()).toEqual(["Ring", "Visit", "Heat"]); });
  const shares = within(screen.getByRole("table", { name: "Each partner's share" }));
  expect(shares.getAllByRole("row").map(cells)).toEqual([
    ["Partner", "To do", "Doing", "Done", "Stopped", "All", "Overdue"],
    ["NHS trust", "1", "0", "0", "0", "1", "0"],
    ["Police", "2", "0", "0", "0", "2", "1"],
  ]);
});

test("on the board Alt and an arrow changes how an action stands, on the timeline when it is due, and both are said", async () => {
  const { reads } = await open((_, add) => { add("Ring every home", { start: day(2), due: day(3) }); });
  (await screen.findByRole("radio", { name: "Board" })).click();
  const card = await within(await screen.findByRole("list", { name: "To do" })).findByRole("button");
  card.focus();
  await key("ArrowRight", { altKey: true });
  await said("“Ring every home”: Doing.");
  const there = await within(await screen.findByRole("list", { name: "Doing" })).findByRole("button");
  await waitFor(() => { expect(document.activeElement).toBe(there); });
  expect(reads().actions[0]?.status).toBe("doing");

  (await screen.findByRole("radio", { name: "Timeline" })).click();
  const mark = await screen.findByRole("button", { name: `Ring every home. ${spoken(2)} to ${spoken(3)}. Doing. Nobody owns it` });
  mark.focus();
  await key("ArrowRight", { altKey: true });
  await said(`“Ring every home”: ${spoken(3)} to ${spoken(4)}.`);
  await key("ArrowLeft", { altKey: true, shiftKey: true });
  await said(`“Ring every home”: Starts ${spoken(-4)}. Overdue: it was due ${spoken(-3)}.`);
  expect(reads().actions[0]).toMatchObject({ start: day(-4), due: day(-3) });
  await key("t");
  const table = within(await screen.findByRole("table", { name: "Actions" }));
  expect(cells(table.getAllByRole("row")[1])).toEqual(["Ring every home", "Nobody owns it", "No partner named", spoken(-4), `Overdue: it was due ${spoken(-3)}`, "Doing"]);
  await key("t");
  await waitFor(() => { expect(screen.queryByRole("table", { name: "Actions" })).toBeNull(); });
});

test("due dates are saved as a calendar file, and where there is none that is said", async () => {
  const saved: Blob[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => { saved.push(blob); return "blob:"; }, revokeObjectURL: () => undefined }));
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { others } = await open((_, add) => { add("Tell everybody"); });
  await take("More to do with this plan", "Calendar file");
  await said("None of the actions shown has a due date.");
  others((plan) => { plan.addAction({ due: "2027-03-31", owner: "bo" }, { among: plan.plan.actions, before: null }, "Ring; then visit"); });
  await waitFor(() => { expect(texts()).toHaveLength(2); });
  await take("More to do with this plan", "Calendar file");
  await waitFor(() => { expect(saved).toHaveLength(1); });
  const reader = new FileReader();
  const read = new Promise((done) => { reader.addEventListener("load", done); });
  reader.readAsText(saved[0] as Blob);
  await read;
  const file = String(reader.result).replace(/\r\n /g, "");
  expect(file).toContain("SUMMARY:Ring\\; then visit");
  expect(file).toContain("DESCRIPTION:Warm homes\\nStatus: To do\\nOwner: Bo");
});

test("of 500 actions those in sight are drawn, and a letter in one of them is there at once", async () => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: (seen: { target: Element; contentRect: { width: number; height: number } }[]) => void) {}
      observe = (target: Element) => {
        const height = target.getAttribute("role") === "listitem" ? 90 : 600;
        void tick().then(() => { this.tell([{ target, contentRect: { width: 700, height } }]); });
      };
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(document.body);
  Element.prototype.scrollTo = () => undefined;
  await open((_, add) => { for (let count = 1; count <= 500; count += 1) add(`Visit street ${count}`); });
  await said("500 actions.");
  await waitFor(() => { expect(texts().length).toBeGreaterThan(3); });
  expect(texts().length).toBeLessThan(60);
  const field = texts()[1] as HTMLTextAreaElement;
  await type(field, "!");
  expect(texts()[1]?.value).toContain("!");
});
