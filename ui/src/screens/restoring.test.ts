// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Fault } from "../door/door";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Ada began a page, Bo wrote on it and gave it another title, and what it was is on the screen. */
async function work(role: "admin" | "writer" | "reader" = "admin"): Promise<{ door: PretendDoor; page: string }> {
  const door = new PretendDoor();
  door.now = "2024-03-04T09:30:00Z";
  const page = door.page(door.notebook("Flood rota", role), "Night cover", ["Ada"], undrawn(["p sandbags"]));
  door.now = "2024-03-05T09:30:00Z";
  door.history.wrote(page, "Bo", undrawn(["p sandbags at six", "p ring Bo"]));
  const [kept] = door.pages;
  if (kept !== undefined) door.history.named(kept, { person_id: "bo", name: "Bo", device_id: "bo's laptop" }, "Bo's rota");
  openWindow(door);
  await press("Show the history");
  const list = await screen.findByRole("complementary", { name: "History of the page" });
  (await within(list).findAllByRole("button", { name: /^.*Ada \(you\).*\d\d:\d\d/ }))[0]?.click();
  await screen.findByText(/The page as Ada left it on 4 March 2024/);
  return { door, page };
}

/** Says yes in the sheet. */
async function confirm(): Promise<void> {
  await press("Restore this version");
  const sheet = await screen.findByRole("dialog", { name: "Restore the page as it was" });
  expect(within(sheet).getByText(/The page will read as it did on 4 March 2024, \d\d:30\. What was written since stays in the history\./)).toBeTruthy();
  const button = within(sheet).getByRole("button", { name: "Restore this version" });
  await waitFor(() => { expect(button.hasAttribute("disabled")).toBe(false); });
  button.click();
}

const reads = () => screen.getByRole("textbox", { name: "Text of the page" }).textContent;

test("Ada restores the page as it was, sees it so at once, and undoes it", async () => {
  const { door, page } = await work("writer");
  await confirm();
  expect(await screen.findByText(/The page reads as it did on 4 March 2024/)).toBeTruthy();
  await waitFor(() => { expect(reads()).toBe("sandbags"); });
  expect((await door.ask("show_page", { page, at: null })).title).toBe("Night cover");
  await press("Undo");
  expect(await screen.findByText("Undone: the page reads as it did before you restored it.")).toBeTruthy();
  await waitFor(() => { expect(reads()).toBe("sandbags at sixring Bo"); });
  expect((await door.ask("show_page", { page, at: null })).title).toBe("Bo's rota");
  expect((await door.ask("page_history", { page })).length, "nothing is overwritten").toBeGreaterThanOrEqual(4);
  await press("Put away");
  expect(document.activeElement?.textContent).toContain("Hide the history");
});

test("what somebody wrote after it was restored is not undone with it", async () => {
  const { door, page } = await work();
  await confirm();
  await screen.findByText(/The page reads as it did on/);
  door.history.wrote(page, "Cy", undrawn(["p sandbags and shovels"]));
  await press("Undo");
  expect((await screen.findByRole("alert")).textContent).toContain("The page was changed after it was restored.");
  await waitFor(() => { expect(reads()).toBe("sandbags and shovels"); });
});

test("a fault is said in the sheet, and nothing is changed", async () => {
  const { door } = await work();
  door.faults.set("restore_page", new Fault("failed", "the disk is full; make room and try again"));
  await confirm();
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is full");
  expect(screen.queryByText(/The page reads as it did/)).toBeNull();
});

test("a reader sees what was, and is not offered to restore it", async () => {
  await work("reader");
  expect(screen.queryByRole("button", { name: "Restore this version" })).toBeNull();
});
