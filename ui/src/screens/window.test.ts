// @vitest-environment jsdom
import { cleanup, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Fault } from "../door/door";
import { drawn, undrawn } from "../../tests/drawn";
import { fill, openWindow, withoutLayout } from "../../tests/open-window";
import { PageReplica } from "../editor/page-replica";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Ada has a notebook with one page. */
function work(): { door: PretendDoor; page: string; notebook: string } {
  const door = new PretendDoor();
  const notebook = door.notebook("Flood rota");
  const page = door.page(notebook, "Night cover", ["Ada"], undrawn(["h2 Who", "[] ring Bo"]));
  return { door, page, notebook };
}

/** What a page reads by what was saved of it. */
function reads(door: PretendDoor, page: string): string[] {
  const kept = door.pages.find(({ line }) => line.id === page);
  const replica = new PageReplica(kept?.document ?? new Uint8Array(), { actor: "77".repeat(40), now: () => 0, save: () => undefined });
  replica.receive(kept?.changes ?? []);
  return drawn(replica.blocks);
}

test("Ada opens her page, ticks what is done, and it is saved", async () => {
  const { door, page } = work();
  openWindow(door);
  (await screen.findByText("Night cover")).click();
  const box = await screen.findByLabelText<HTMLInputElement>("Done");
  box.click();
  await waitFor(() => { expect(reads(door, page)).toEqual(["h2 Who", "[x] ring Bo"]); });
  expect(await screen.findByText("Saved on this device.")).toBeTruthy();
});

test("what Bo writes meanwhile is on Ada's screen", async () => {
  const { door, page } = work();
  openWindow(door);
  (await screen.findByText("Night cover")).click();
  await screen.findByText("ring Bo");
  const bo = await door.open(page, { changes: () => undefined, anew: () => undefined });
  const replica = new PageReplica(bo.document, { actor: bo.actor, now: () => 0, save: (change) => void bo.save(change) });
  replica.edit({ splices: [{ at: 4, removed: [], inserted: [{ text: " is on call", marks: [] }] }], amendments: [], formats: [] });
  expect(await screen.findByText("Who is on call")).toBeTruthy();
});

test("a change that cannot be saved is said, with what to do, and saved in the end", async () => {
  const { door, page } = work();
  door.faults.set("save", new Fault("failed", "the disk is full; make room and try again."));
  openWindow(door);
  (await screen.findByText("Night cover")).click();
  (await screen.findByLabelText<HTMLInputElement>("Done")).click();
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is full; make room and try again. Keep this window open");
  expect(door.saved(page)).toEqual([]);
  door.faults.clear();
  (await screen.findByText("Try again")).click();
  await waitFor(() => { expect(reads(door, page)).toEqual(["h2 Who", "[x] ring Bo"]); });
  await waitFor(() => { expect(screen.queryByRole("alert")).toBeNull(); });
});

test("Ada sees who else is on her page, and where, and the page's text is as it was", async () => {
  const { door, page } = work();
  openWindow(door);
  await screen.findByText("ring Bo");
  const here = { notice: "present", notebook_id: "", page_id: page, device_id: "d2", person: "Bo Adeyemi", person_id: "bo" } as const;
  door.say({ ...here, caret: { anchor: "s", head: "e" } });
  expect(await screen.findByText("Bo Adeyemi")).toBeTruthy();
  await waitFor(() => { expect(document.querySelector(".other-flag")?.textContent).toBe("BA"); });
  expect(document.querySelector(".selected-by-other")).not.toBeNull();
  door.say({ ...here, caret: { anchor: "999999@aa", head: "nonsense" } });
  await waitFor(() => { expect(document.querySelector(".other-flag")).toBeNull(); });
  expect(screen.getByText("Bo Adeyemi"), "he is here, wherever that is").toBeTruthy();
  door.say({ ...here, caret: null });
  await waitFor(() => { expect(screen.queryByText("Bo Adeyemi")).toBeNull(); });
  expect(door.saved(page)).toEqual([]);
});

test("a reader cannot tick, and is told why", async () => {
  const door = new PretendDoor();
  const page = door.page(door.notebook("Winter beds", "reader"), "Discharge", ["Bo"], undrawn(["[] before noon"]));
  openWindow(door);
  (await screen.findByText("Discharge")).click();
  (await screen.findByLabelText<HTMLInputElement>("Done")).click();
  expect(await screen.findByText("You may read this page, not change it.")).toBeTruthy();
  expect(door.saved(page)).toEqual([]);
  expect(screen.queryByRole("toolbar")).toBeNull();
});

test("a page that is not here any more is said so, and asked for again", async () => {
  const { door, notebook } = work();
  const older = door.page(notebook, "Sandbags", ["Ada"], undrawn(["p At the depot"]));
  door.pages.reverse();
  openWindow(door);
  await screen.findByText("ring Bo");
  const line = await screen.findByText("Sandbags");
  const [gone] = door.pages.splice(door.pages.findIndex((page) => page.line.id === older), 1);
  line.click();
  expect((await screen.findByRole("alert")).textContent).toContain("there is no such page here");
  if (gone !== undefined) door.pages.push(gone);
  (await screen.findByText("Try again")).click();
  expect(await screen.findByText("At the depot")).toBeTruthy();
});

test("a thought is saved in the inbox and filed later", async () => {
  const { door, notebook } = work();
  openWindow(door);
  (await screen.findByText("Capture")).click();
  const field = await fill("What is on your mind?", "ask who holds the key");
  screen.getByText("Save the note").click();
  expect(await screen.findByText("Saved on this device, in your inbox.")).toBeTruthy();
  expect(field.value).toBe("");
  (await screen.findByText("File")).click();
  (await screen.findByRole("button", { name: "Flood rota" })).click();
  await waitFor(() => { expect(door.inbox).toEqual([]); });
  expect(door.pages.filter((one) => one.notebook === notebook).map(({ line }) => line.title)).toContain("ask who holds the key");
});

test("a thought that could not be saved stays where it was typed", async () => {
  const { door } = work();
  door.faults.set("capture", new Fault("failed", "the disk is full; make room and try again"));
  openWindow(door);
  (await screen.findByText("Capture")).click();
  const field = await fill("What is on your mind?", "ask who holds the key");
  screen.getByText("Save the note").click();
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is full");
  expect(field.value).toBe("ask who holds the key");
});

test("the window speaks the person's language, and changes it at once", async () => {
  const { door } = work();
  const settings = openWindow(door, { languages: ["cy-GB", "en-GB"] });
  expect(await screen.findByRole("button", { name: "Tudalennau" })).toBeTruthy();
  settings.locale = "en";
  expect(await screen.findByRole("button", { name: "Pages" })).toBeTruthy();
  expect(document.documentElement.lang).toBe("en");
});

test("who has what is said no better than it is known", async () => {
  const { door, notebook } = work();
  const holder = { person_id: "bo", device_id: "d", connected: false };
  door.holders.set(notebook, [
    { ...holder, device_id: "d1", person: "Bo", has_all: false, agreed: "2024-03-04T09:30:00Z", last_seen: "2024-03-05T09:30:00Z" },
    { ...holder, device_id: "d2", person: "Cy", has_all: false, agreed: null, last_seen: null },
  ]);
  openWindow(door);
  (await screen.findByText("Night cover")).click();
  expect(await screen.findByText("Bo had all of it (4 Mar 2024), not what came after. Last seen 5 Mar 2024.")).toBeTruthy();
  expect(await screen.findByText("Cy may not have it yet.")).toBeTruthy();
});
