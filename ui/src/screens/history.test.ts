// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Fault, type VersionLine } from "../door/door";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Ada began a page; Bo wrote on it in two goes, and Ada again. */
function work(role: "admin" | "reader" = "admin"): { door: PretendDoor; page: string } {
  const door = new PretendDoor();
  door.now = "2024-03-04T09:30:00Z";
  const page = door.page(door.notebook("Flood rota", role), "Night cover", ["Ada"], undrawn(["p sandbags"]));
  const wrote = (time: string, who: string, ...lines: string[]) => {
    door.now = time;
    door.history.wrote(page, who, undrawn(lines));
  };
  wrote("2024-03-05T09:30:00Z", "Bo", "p sandbags at six");
  wrote("2024-03-05T09:45:00Z", "Bo", "p sandbags at six", "[] ring the keeper");
  wrote("2024-03-06T10:00:00Z", "Ada", "p sandbags at ten", "[x] ring the keeper");
  return { door, page };
}

const panel = () => screen.findByRole("complementary", { name: "History of the page" });
const shown = () => screen.findByRole("group", { name: "Text of the page as it was" });

async function choose(who: string): Promise<void> {
  const list = await panel();
  (await within(list).findAllByRole("button", { name: new RegExp(`\\b${who}\\b.*\\d\\d:\\d\\d`) }))[0]?.click();
}

test("what was done is told by day and sitting, the newest first, and a sitting opens", async () => {
  const { door } = work();
  openWindow(door);
  await press("Show the history");
  const list = await panel();
  await within(list).findByText("Wednesday 6 March 2024");
  expect(within(list).getAllByRole("heading", { level: 3 }).map((day) => day.textContent)).toEqual([
    "Wednesday 6 March 2024",
    "Tuesday 5 March 2024",
    "Monday 4 March 2024",
  ]);
  expect(within(list).queryByText("typed 7 characters")).toBeNull();
  within(list).getByRole("button", { name: "2 versions" }).click();
  expect(await within(list).findByText("typed 7 characters")).toBeTruthy();
});

test("a version shows the page as it was, and the page now is where it was left", async () => {
  const { door } = work();
  openWindow(door);
  await press("Show the history");
  await choose("Bo");
  expect(await screen.findByText(/The page as Bo left it on 5 March 2024, \d\d:45\./)).toBeTruthy();
  await waitFor(async () => { expect((await shown()).textContent).toBe("sandbags at sixring the keeper"); });
  expect(screen.queryByRole("toolbar"), "nothing can be written there").toBeNull();
  await press("Back to the page now");
  await waitFor(() => { expect(screen.queryByRole("group", { name: "Text of the page as it was" })).toBeNull(); });
  expect((await screen.findByRole("textbox", { name: "Text of the page" })).textContent).toContain("sandbags at ten");
  expect(document.activeElement?.textContent).toContain("Hide the history");
});

test("a node that cannot say is asked again, where it was asked", async () => {
  const { door } = work("reader");
  door.faults.set("page_history", new Fault("failed", "the page could not be read; try again"));
  openWindow(door);
  await press("Show the history");
  expect((await within(await panel()).findByRole("alert")).textContent).toContain("the page could not be read");
  door.faults.clear();
  await press("Try again");
  door.faults.set("show_page", new Fault("not_found", "the page has no such version"));
  await choose("Bo");
  expect((await screen.findByRole("alert")).textContent).toContain("the page has no such version");
  door.faults.clear();
  await press("Try again");
  await waitFor(async () => { expect((await shown()).textContent).toContain("at six"); });
});

test("what is done meanwhile comes to the list", async () => {
  const { door, page } = work();
  openWindow(door);
  await press("Show the history");
  await within(await panel()).findByText("Wednesday 6 March 2024");
  door.now = "2024-03-07T10:00:00Z";
  door.history.wrote(page, "Cy", undrawn(["p sandbags at ten"]));
  expect(await within(await panel()).findByText("Thursday 7 March 2024", {}, { timeout: 4_000 })).toBeTruthy();
});

test("ten thousand versions are there a few at a time", async () => {
  const { door } = work();
  const versions = Array.from({ length: 10_000 }, (_, at): VersionLine => ({
    version: String(at), author: `P${at % 5}`, author_id: `p${at % 5}`, device: "d", when: new Date(1_700_000_000_000 - at * 60_000).toISOString(), summary: "typed 3 characters",
  }));
  Object.assign(door.history.answers, { page_history: () => versions });
  openWindow(door);
  await press("Show the history");
  const list = await panel();
  await within(list).findByText(/November 2023|Tuesday 14/);
  const entries = () => list.querySelectorAll(".entry").length;
  expect(entries()).toBe(60);
  within(list).getByRole("button", { name: "Show earlier versions" }).click();
  await waitFor(() => { expect(entries()).toBe(120); });
});

/** Compares the version on the screen with another, by what the choice says. */
async function compareWith(label: string): Promise<void> {
  const choice = await screen.findByLabelText<HTMLSelectElement>("Compare with");
  choice.value = [...choice.options].find((option) => option.text === label)?.value ?? "";
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

/** What went and what came, as it is drawn. */
async function changes(): Promise<string[]> {
  return [...(await shown()).querySelectorAll("ins, del, .difference-note")].map((one) => `${one.tagName.toLowerCase()} ${one.textContent}`);
}

test("what Ada changed is shown in the text and said in words, and gone through with the keyboard", async () => {
  const { door, page } = work();
  door.history.filled(page, "Ada", "why", "floods");
  openWindow(door);
  await press("Show the history");
  await choose("Ada");
  await compareWith("the version before it");
  await waitFor(async () => { expect(await changes()).toEqual(["del six", "ins ten", "span Ticked as done."]); });
  expect(screen.getByText(/1 word added, 1 word taken out\./)).toBeTruthy();
  expect(screen.getByText("why was filled in: “floods”.")).toBeTruthy();
  await press("Next difference");
  expect(await screen.findByText(/Difference 1 of 2\./)).toBeTruthy();
  expect(screen.getByText("taken out: six; added: ten")).toBeTruthy();
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true }));
  expect(await screen.findByText(/Difference 2 of 2\./)).toBeTruthy();
  await compareWith("nothing: read it as it was");
  await waitFor(async () => { expect(await changes()).toEqual([]); });
});

test("any two versions are compared, the older first, whichever was chosen first", async () => {
  const { door } = work();
  openWindow(door);
  await press("Show the history");
  await choose("Bo");
  await compareWith("the page now");
  await waitFor(async () => { expect(await changes()).toEqual(["del six", "ins ten", "span Ticked as done."]); });
  await compareWith("another version from the history");
  const list = await panel();
  expect(await within(list).findByText("Choose the version to compare with from the history.")).toBeTruthy();
  within(list).getAllByRole("button", { name: /Ada \(you\)/ }).at(-1)?.click();
  await waitFor(async () => { expect(await changes()).toEqual(["ins  at six", "ins ring the keeper"]); });
  expect(within(list).getByText("Compared with it")).toBeTruthy();
});

test("what is kept and not on the page is said, read with its reason, and put on the page", async () => {
  const { door, page } = work();
  door.history.wroteAside(page, "Gwen", "late", undrawn(["p sandbags at ten and boats at the bridge", "[x] ring the keeper"]));
  openWindow(door);
  expect(await screen.findByText("Some words written for this page are kept, but not on it. Its history says why.")).toBeTruthy();
  await press("See it in the history");
  const list = await panel();
  await within(list).findByRole("heading", { name: "Kept, and not on the page" });
  expect(within(list).getAllByRole("heading", { level: 3 }), "it is in none of the days").toHaveLength(4);
  expect(within(list).getAllByRole("heading", { level: 4 }).map((day) => day.textContent)).toEqual(["Wednesday 6 March 2024"]);
  await choose("Gwen");
  expect(await screen.findByText(/could not write here any longer/)).toBeTruthy();
  await waitFor(async () => { expect((await shown()).textContent).toContain("boats at the bridge"); });
  expect(screen.queryByRole("button", { name: "Restore this version" })).toBeNull();
  await press("Put this on the page");
  const sheet = await screen.findByRole("dialog", { name: "Put this on the page" });
  const button = within(sheet).getByRole("button", { name: "Put this on the page" });
  await waitFor(() => { expect(button.hasAttribute("disabled")).toBe(false); });
  button.click();
  expect(await screen.findByText("The page reads as that version does now.")).toBeTruthy();
  await waitFor(() => { expect(screen.queryByRole("group", { name: "Text of the page as it was" })).toBeNull(); });
  expect(door.history.answers.show_page({ page, at: null }).blocks.map(({ text }) => text).join()).toContain("boats at the bridge");
});

test("the note of what stands aside can be put away", async () => {
  const { door, page } = work();
  door.history.wroteAside(page, "Gwen", "second_version", undrawn(["p sandbags in the van"]));
  openWindow(door);
  await screen.findByText(/Its history says why/);
  await press("Put away");
  await waitFor(() => { expect(screen.queryByText(/Its history says why/)).toBeNull(); });
});
