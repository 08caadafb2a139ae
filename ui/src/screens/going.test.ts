// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, shelf, take, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault } from "../door/door";

beforeAll(withoutLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  withoutLayout();
});

const MORE = "More to do with this page";
const FIELD = "Part of its title";
const goTo = () => fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
const plain = (option: HTMLElement) => option.textContent.replace(/\s+/g, " ").trim();
const options = () => within(screen.getByRole("listbox", { name: "Where to go" })).queryAllByRole("option").map(plain);
const title = () => screen.getByLabelText<HTMLTextAreaElement>("Title of the page").value;
const marked = () => document.getElementById(screen.getByRole("combobox", { name: FIELD }).getAttribute("aria-activedescendant") ?? "")?.textContent.trim();
const inGroup = (name: string) => within(screen.getByRole("group", { name })).getAllByRole("option").map(plain);

/** Two notebooks with pages; the latest is open. */
function places(): PretendDoor {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota");
  const beds = door.notebook("Gwelyau'r gaeaf", "reader");
  door.page(beds, "Tŷ Gwyn: discharge", ["Bo"], undrawn(["p before noon"]));
  door.page(rota, "Sandbags", ["Ada"], undrawn(["p at the depot"]));
  door.now = "2026-03-05T09:30:00Z";
  door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  return door;
}

/** Somebody wrote on a page of a notebook that is not the one on the screen. */
function changedIn(door: PretendDoor, notebook: string): void {
  const id = door.notebooks.find(({ title: called }) => called === notebook)?.id ?? "";
  door.say({ notice: "page_changed", notebook_id: id, page_id: "", here: false });
}

async function atNight(door: PretendDoor, kept = shelf()): Promise<void> {
  openWindow(door, { kept });
  await screen.findByText("Gwen has the keys");
}

test("Ada goes to a page in another notebook by a part of its title, without its accents", async () => {
  await atNight(places());
  await goTo();
  await waitFor(() => { expect(document.activeElement).toBe(screen.getByRole("combobox", { name: FIELD })); });
  await waitFor(() => { expect(options()).toHaveLength(2); });
  await fill(FIELD, "TY GW");
  await waitFor(() => { expect(options()).toEqual(["Tŷ Gwyn: discharge Gwelyau'r gaeaf"]); });
  expect(screen.getByText("1 place found.")).toBeTruthy();
  await fireEvent.keyDown(screen.getByRole("combobox", { name: FIELD }), { key: "Enter" });
  expect(await screen.findByText("before noon")).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("the arrows mark one place after the other, which the field tells, and a notebook is a place too", async () => {
  await atNight(places());
  await goTo();
  await fill(FIELD, "g");
  await waitFor(() => { expect(options()).toEqual(["Gwelyau'r gaeaf Notebook", "Tŷ Gwyn: discharge Gwelyau'r gaeaf", "Night cover Flood rota", "Sandbags Flood rota"]); });
  const field = screen.getByRole("combobox", { name: FIELD });
  expect(marked()).toContain("Gwelyau'r gaeaf");
  await fireEvent.keyDown(field, { key: "ArrowUp" });
  expect(marked()).toContain("Sandbags");
  await fireEvent.keyDown(field, { key: "ArrowDown" });
  await fireEvent.keyDown(field, { key: "Enter" });
  expect(await screen.findByText("before noon"), "a notebook opens on its latest page").toBeTruthy();
});

test("without a question, what is pinned, what was opened last, and the notebooks", async () => {
  const kept = shelf();
  await atNight(places(), kept);
  await take(MORE, "Pin the page");
  (await screen.findByRole("button", { name: /^Sandbags/ })).click();
  await screen.findByText("at the depot");
  await goTo();
  await waitFor(() => { expect(inGroup("Pinned pages")).toEqual(["Night cover Flood rota"]); });
  expect(screen.queryByRole("group", { name: "Recent" }), "neither what is open nor what is pinned").toBeNull();
  expect(inGroup("Notebooks")).toEqual(["Flood rota Notebook", "Gwelyau'r gaeaf Notebook"]);
  await press("Close");
  // The device remembers it, and no title.
  expect(kept.getItem("pinned")).not.toContain("Night");
  cleanup();
  openWindow(places(), { kept });
  await screen.findByText("at the depot");
  const pinned = await screen.findByRole("region", { name: "Pinned pages" });
  within(pinned).getByRole("button", { name: "Night cover" }).click();
  await screen.findByText("Gwen has the keys");
  await take(MORE, "Unpin the page");
  await waitFor(() => { expect(screen.queryByRole("region", { name: "Pinned pages" })).toBeNull(); });
  await goTo();
  await waitFor(() => { expect(inGroup("Recent")).toEqual(["Sandbags Flood rota"]); });
});

test("in the text the key makes a link of what is selected, and goes elsewhere where nothing is", async () => {
  await atNight(places());
  await fireEvent.keyDown(await screen.findByRole("textbox", { name: "Text of the page" }), { key: "k", ctrlKey: true });
  await screen.findByRole("dialog", { name: "Go to a page or notebook" });
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
  await press("Close");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  const text = await screen.findByRole("textbox", { name: "Text of the page" });
  await fireEvent.keyDown(text, { key: "a", ctrlKey: true });
  await fireEvent.keyDown(text, { key: "k", ctrlKey: true });
  await screen.findByRole("dialog", { name: "Link" });
});

test("a pinned page that is deleted is not offered, and one that is moved is pinned where it went", async () => {
  const door = places();
  const plan = door.notebook("County plan");
  await atNight(door);
  await take(MORE, "Pin the page");
  await screen.findByRole("region", { name: "Pinned pages" });
  await take(MORE, "Move to another notebook");
  const sheet = await screen.findByRole("dialog");
  within(sheet).getByRole("button", { name: /County plan/ }).click();
  await waitFor(() => { expect(door.pages.find(({ notebook }) => notebook === plan)?.line.title).toBe("Night cover"); });
  await waitFor(() => { expect(screen.getByRole("region", { name: "Pinned pages" }).textContent).toContain("Night cover"); });
  await waitFor(() => { expect(title()).toBe("Night cover"); });
  await screen.findByRole("textbox", { name: "Text of the page" });
  await take(MORE, "Delete the page");
  await waitFor(() => { expect(screen.queryByRole("region", { name: "Pinned pages" })).toBeNull(); });
});

test("nothing that is called so, and a node that cannot say, are both said", async () => {
  const door = places();
  await atNight(door);
  await press("Go to");
  await fill(FIELD, "zzz");
  expect(await screen.findByText("No page and no notebook is called that.")).toBeTruthy();
  await press("Close");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  door.faults.set("list_pages", new Fault("failed", "the store could not be read", "en"));
  changedIn(door, "Gwelyau'r gaeaf");
  await press("Go to");
  expect(await screen.findByText("the store could not be read")).toBeTruthy();
});

test("what is called what is asked for once, and again where the node says that something changed", async () => {
  const door = places();
  await atNight(door);
  await goTo();
  await fill(FIELD, "ty gwyn");
  await waitFor(() => { expect(options()).toHaveLength(1); });
  const asked = () => door.asked.filter((name) => name === "list_pages").length;
  const once = asked();
  await press("Close");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  door.page(door.notebooks.find(({ title: called }) => called.startsWith("Gwelyau"))?.id ?? "", "Tŷ Gwyn: the ward", ["Bo"], []);
  changedIn(door, "Gwelyau'r gaeaf");
  expect(asked(), "nobody looks at it").toBe(once);
  await goTo();
  await fill(FIELD, "ty gwyn");
  await waitFor(() => { expect(options()).toHaveLength(2); });
  expect(asked()).toBe(once + 1);
});

test("eight pages are kept of those that were opened", async () => {
  const { KeptPlaces } = await import("./kept-places.svelte");
  const memory = { lastPage: null, pinned: [], recent: [] as readonly { notebook: string; page: string }[] };
  const kept = new KeptPlaces(memory);
  for (const page of ["a", "b", "c", "d", "e", "f", "g", "h", "i", "b"]) kept.opened({ notebook: "n", page });
  expect(memory.recent.map(({ page }) => page).join("")).toBe("bihgfedc");
});
