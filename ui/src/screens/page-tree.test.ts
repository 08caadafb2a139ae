// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, shelf, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import type { Shelf } from "../words/settings.svelte";
import { Fault } from "../door/door";

beforeAll(withoutLayout);
afterEach(cleanup);

const tree = () => screen.getByRole("tree", { name: "Notebooks and their pages" });
const rows = () => within(tree()).getAllByRole("treeitem").map((row) => row.textContent.replace(/\s+/g, " ").trim());
const row = (name: RegExp) => within(tree()).getByRole("treeitem", { name });
const here = () => document.activeElement?.textContent.replace(/\s+/g, " ").trim();
const title = () => screen.getByLabelText<HTMLTextAreaElement>("Title of the page").value;
const key = (name: string) => fireEvent.keyDown(document.activeElement as Element, { key: name });

/** Three notebooks: two with pages, of which the rota's latest is open, and one without. */
function places(): PretendDoor & { readonly beds: string; readonly kept: Shelf } {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota");
  door.notebook("Housing", "writer");
  const beds = door.notebook("Winter beds", "reader");
  door.page(beds, "Discharge before noon", ["Bo"], undrawn(["p Ring the ward"]));
  door.page(rota, "Sandbags", ["Ada"], undrawn(["p at the depot"]));
  door.now = "2026-03-05T09:30:00Z";
  const night = door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  // Where one was is known: no other notebook is read to find out.
  const kept = shelf();
  kept.setItem("notebook", rota);
  kept.setItem("page", night);
  return Object.assign(door, { beds, kept });
}

async function inTree(door: PretendDoor & { readonly kept: Shelf }): Promise<void> {
  openWindow(door, { kept: door.kept });
  await screen.findByText("Gwen has the keys");
  await press("Tree", "radio");
  await screen.findByRole("tree");
}

test("Ada sees all her notebooks, the one she is in open, its latest page first", async () => {
  await inTree(places());
  expect(rows()).toEqual(["Flood rota 2 2 pages", "Night cover", "Sandbags", "Housing 0 0 pages", "Winter beds 1 1 page"]);
  expect(row(/^Night cover/).getAttribute("aria-current")).toBe("page");
  expect(screen.queryByRole("list", { name: "Pages in Flood rota" }), "the tree is in the place of the list").toBeNull();
});

test("a page of another notebook is opened by the keyboard, which stays where it is", async () => {
  const door = places();
  await inTree(door);
  row(/^Winter beds/).focus();
  await key("ArrowRight");
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  await key("ArrowRight");
  await waitFor(() => { expect(here()).toBe("Discharge before noon"); });
  await key("Enter");
  await screen.findByText("Ring the ward");
  await waitFor(() => { expect(title()).toBe("Discharge before noon"); });
  expect(here(), "on the page's row").toBe("Discharge before noon");
  // What stands above is about the notebook that the page is in, where Ada may not write.
  expect(screen.getByRole("button", { name: "Notebook: Winter beds" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "New page" })).toBeNull();
  expect(rows(), "what was open stays open").toContain("Sandbags");
});

test("the pages of a notebook are read when it is opened, and again when the node says that something changed there", async () => {
  const door = places();
  await inTree(door);
  row(/^Winter beds/).click();
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  door.page(door.beds, "Who rings the ward", ["Bo"], []);
  door.say({ notice: "page_changed", notebook_id: door.beds, page_id: "", here: false });
  await waitFor(() => { expect(rows().slice(-2)).toEqual(["Who rings the ward", "Discharge before noon"]); });
});

test("what is being read, and what could not be, is said in the row's place, from where it is tried again", async () => {
  const door = places();
  await inTree(door);
  door.faults.set("list_pages", new Fault("failed", "the store could not be read", "en"));
  row(/^Winter beds/).click();
  await waitFor(() => { expect(rows().at(-1)).toContain("the store could not be read Try again"); });
  expect(screen.getByText("the store could not be read", { selector: "[role=status]" }), "and read aloud").toBeTruthy();
  door.faults.delete("list_pages");
  row(/the store could not be read/).click();
  await waitFor(() => { expect(rows().slice(-2)).toEqual(["Winter beds 1 1 page", "Discharge before noon"]); });
  door.faults.set("list_pages", new Fault("failed", "the store is away", "en"));
  door.say({ notice: "page_changed", notebook_id: door.beds, page_id: "", here: false });
  await waitFor(() => { expect(rows().slice(-2), "what was read before can still be opened").toEqual(["the store is away Try again", "Discharge before noon"]); });
});

test("while a notebook is read its row says so", async () => {
  const door = places();
  const ask = door.ask.bind(door);
  const held: (() => void)[] = [];
  await inTree(door);
  door.ask = async (name, body) => {
    if (name === "list_pages") await new Promise<void>((go) => held.push(go));
    return ask(name, body);
  };
  row(/^Housing/).click();
  await waitFor(() => { expect(rows()).toContain("Reading its pages"); });
  for (const go of held) go();
  await waitFor(() => { expect(rows()).toContain("The pages of this notebook will be here. New page"); });
});

test("an empty notebook says so, and its first page is begun from there by whoever may write", async () => {
  const door = places();
  await inTree(door);
  row(/^Housing/).click();
  await waitFor(() => { expect(rows()).toContain("The pages of this notebook will be here. New page"); });
  row(/^The pages of this notebook/).click();
  await waitFor(() => { expect(title()).toBe("Untitled"); });
  await waitFor(() => { expect(rows()).toContain("Housing 1 1 page"); });
  expect(row(/^Untitled/).getAttribute("aria-current")).toBe("page");
  expect(screen.getByRole("button", { name: "Notebook: Housing" })).toBeTruthy();
});

test("a reader is not offered to begin a page", async () => {
  const door = places();
  door.notebook("Minutes", "reader");
  await inTree(door);
  row(/^Minutes/).click();
  await waitFor(() => { expect(rows()).toContain("The pages of this notebook will be here."); });
  const asked = door.asked.length;
  row(/^The pages of this notebook/).click();
  expect(door.asked.slice(asked)).toEqual([]);
});

test("the device keeps that Ada sees the tree and which notebooks are open, by their ids alone", async () => {
  const door = places();
  const { kept } = door;
  await inTree(door);
  row(/^Winter beds/).click();
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  expect(JSON.parse(kept.getItem("open-notebooks") ?? "")).toContain(door.beds);
  expect(kept.getItem("open-notebooks")).not.toContain("Winter");
  cleanup();
  openWindow(door, { kept });
  await screen.findByText("Gwen has the keys");
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  row(/^Winter beds/).click();
  await waitFor(() => { expect(rows()).not.toContain("Discharge before noon"); });
  expect(kept.getItem("open-notebooks")).not.toContain(door.beds);
  await press("List", "radio");
  expect(await screen.findByRole("list", { name: "Pages in Flood rota" })).toBeTruthy();
  expect(kept.getItem("page-view")).toBe("list");
});

test("a notebook that Ada closed stays closed until she opens another page of it", async () => {
  await inTree(places());
  row(/^Flood rota/).click();
  await waitFor(() => { expect(rows()).not.toContain("Sandbags"); });
  await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const place = await screen.findByRole("option", { name: /^Winter beds/ });
  place.click();
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  expect(rows(), "the page that was gone to is in sight; the rota is as it was left").not.toContain("Sandbags");
});

test("while somebody types on the page the node is not asked for the list with each letter", async () => {
  const door = places();
  await inTree(door);
  row(/^Winter beds/).click();
  await waitFor(() => { expect(rows()).toContain("Discharge before noon"); });
  const asked = () => door.asked.filter((name) => name === "list_pages").length;
  const before = asked();
  for (let letter = 0; letter < 20; letter += 1) door.say({ notice: "page_changed", notebook_id: door.beds, page_id: "", here: false });
  door.page(door.beds, "Last", ["Bo"], []);
  door.say({ notice: "page_changed", notebook_id: door.beds, page_id: "", here: false });
  await waitFor(() => { expect(rows()).toContain("Last"); });
  expect(asked() - before).toBeLessThanOrEqual(2);
});
