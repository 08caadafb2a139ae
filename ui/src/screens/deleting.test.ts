// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, take, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault } from "../door/door";

beforeAll(withoutLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  withoutLayout();
});

const MORE = "More to do with this page";
const dialog = () => screen.findByRole("dialog");
const listed = () => within(screen.getByRole("list", { name: "Pages in Flood rota" })).queryAllByRole("button").map((line) => line.textContent.trim());
const title = () => screen.getByLabelText<HTMLTextAreaElement>("Title of the page").value;

/** Ada has two notebooks of her own and one that she reads. */
function work(): { door: PretendDoor; rota: string; beds: string; night: string } {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota");
  const beds = door.notebook("Winter beds", "writer");
  door.notebook("County plan", "reader");
  door.page(rota, "Sandbags", ["Ada"], undrawn(["p At the depot"]));
  const night = door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  return { door, rota, beds, night };
}

async function open(door: PretendDoor, rota: string): Promise<void> {
  openWindow(door, { kept: { getItem: (key) => ({ notebook: rota, page: door.pages[0]?.line.id ?? "" })[key] ?? null, setItem: () => undefined } });
  await screen.findByText("Gwen has the keys");
  await screen.findByRole("list", { name: "Pages in Flood rota" });
}

test("Ada deletes a page at once and without being asked, is told, and takes it back", async () => {
  const { door, rota, night } = work();
  await open(door, rota);
  await take(MORE, "Delete the page");
  const said = await screen.findByText("“Night cover” is deleted.");
  expect(said.closest("[role=status]"), "it is announced, and nothing is interrupted").not.toBeNull();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(listed().some((line) => line.startsWith("Night cover"))).toBe(false);
  await waitFor(() => { expect(document.activeElement, "the next Tab is on what takes it back").toBe(said.parentElement); });
  expect(door.pages.find(({ line }) => line.id === night)?.isDeleted).toBe(true);

  await press("Undo");
  expect(await screen.findByText("Gwen has the keys")).toBeTruthy();
  await waitFor(() => { expect(screen.queryByText("“Night cover” is deleted.")).toBeNull(); });
  expect(listed().some((line) => line.startsWith("Night cover"))).toBe(true);
  await waitFor(() => { expect(document.activeElement?.getAttribute("aria-label")).toBe("Text of the page"); });
});

test("the way back stays until it is put away", async () => {
  const { door, rota } = work();
  await open(door, rota);
  await take(MORE, "Delete the page");
  await screen.findByText("“Night cover” is deleted.");
  vi.useFakeTimers();
  vi.advanceTimersByTime(3_600_000);
  vi.useRealTimers();
  expect(screen.getByText("“Night cover” is deleted.")).toBeTruthy();
  await press("Put away");
  await waitFor(() => { expect(screen.queryByText("“Night cover” is deleted.")).toBeNull(); });
});

test("a page that could not be deleted stays, and Ada is told why", async () => {
  const { door, rota } = work();
  door.faults.set("delete_page", new Fault("failed", "the disk is full; make room and try again"));
  await open(door, rota);
  await take(MORE, "Delete the page");
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is full");
  expect(screen.getByText("Gwen has the keys")).toBeTruthy();
  expect(screen.queryByText("“Night cover” is deleted.")).toBeNull();
});

test("a page with something in it that is not saved is neither deleted nor moved", async () => {
  const { door, rota } = work();
  door.page(rota, "Tasks", ["Ada"], undrawn(["[] ring Bo", "p Gwen has the keys"]));
  await open(door, rota);
  door.faults.set("save", new Fault("failed", "the disk is full; make room and try again."));
  (await screen.findByLabelText<HTMLInputElement>("Done")).click();
  await screen.findByRole("alert");
  await take(MORE, "Delete the page");
  await waitFor(() => { expect(screen.queryByRole("menu")).toBeNull(); });
  expect(door.asked).not.toContain("delete_page");
  expect(screen.getByRole("alert").textContent).toContain("Keep this window open");
});

test("deleted pages are listed, and brought back from there", async () => {
  const { door, rota, night } = work();
  const old = door.page(rota, "Old keys", ["Bo"], undrawn(["p Under the mat"]));
  door.onPages.marked(old, true, "Bo");
  door.pages.sort((a) => (a.line.id === night ? -1 : 1));
  await open(door, rota);
  expect(listed().some((line) => line.startsWith("Old keys"))).toBe(false);
  await take("More to do with this notebook", "Deleted pages");
  await press("Bring it back: Old keys");
  const said = await within(await dialog()).findByText("“Old keys” is back among the pages.");
  await waitFor(() => { expect(document.activeElement).toBe(said); });
  expect(within(await dialog()).getByText(/Pages that are deleted in this notebook will be here/)).toBeTruthy();
  await press("Close");
  await waitFor(() => { expect(listed().some((line) => line.startsWith("Old keys"))).toBe(true); });
});

test("Ada moves a page to where she may write, is told what stays behind, and goes along", async () => {
  const { door, rota, beds, night } = work();
  await open(door, rota);
  await take(MORE, "Move to another notebook");
  const sheet = within(await dialog());
  expect(sheet.getByText(/Its history and its comments stay with the old page/)).toBeTruthy();
  const places = within(sheet.getByRole("list", { name: "Notebooks that you may write in" })).getAllByRole("button");
  expect(places.map((place) => place.textContent)).toEqual(["Winter beds"]);
  await press("Winter beds");
  expect(await screen.findByText("“Night cover” is in “Winter beds” now.")).toBeTruthy();
  expect(await screen.findByText("Gwen has the keys")).toBeTruthy();
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(door.pages.filter(({ notebook, isDeleted }) => notebook === beds && !isDeleted).map(({ line }) => line.title)).toEqual(["Night cover"]);
  expect(door.pages.find(({ line }) => line.id === night)?.isDeleted).toBe(true);
});

test("while Ada writes Bo deletes the page: her words stay in it, she is told who it was, and brings it back", async () => {
  const { door, rota, night } = work();
  await open(door, rota);
  door.onPages.marked(night, true, "Bo");
  expect(await screen.findByText("Bo deleted this page.")).toBeTruthy();
  expect(title()).toBe("Night cover");
  expect((await screen.findByRole("textbox", { name: "Text of the page" })).textContent).toBe("Gwen has the keys");
  expect(screen.queryByRole("alert")).toBeNull();
  await waitFor(() => { expect(screen.queryByRole("button", { name: MORE })).toBeNull(); });
  await press("Bring it back");
  await waitFor(() => { expect(screen.queryByText("Bo deleted this page.")).toBeNull(); });
  await waitFor(() => { expect(listed().some((line) => line.startsWith("Night cover"))).toBe(true); });
});

test("whoever deleted it without a name, the text can be copied out", async () => {
  const { door, rota, night } = work();
  const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator) as Navigator, { clipboard: { writeText } }));
  await open(door, rota);
  door.onPages.marked(night, true, null);
  expect(await screen.findByText("Somebody without a name deleted this page.")).toBeTruthy();
  await press("Copy the text");
  expect(await screen.findByText("Text copied.")).toBeTruthy();
  expect(writeText).toHaveBeenCalledWith("Gwen has the keys");
});

test("a reader whose page is deleted keeps it on the screen and is told who can bring it back", async () => {
  const door = new PretendDoor();
  const beds = door.notebook("Flood rota", "reader");
  const page = door.page(beds, "Discharge", ["Bo"], undrawn(["p Gwen has the keys"]));
  await open(door, beds);
  door.onPages.marked(page, true, "Bo");
  expect(await screen.findByText(/Whoever may write in it can bring it back/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Bring it back" })).toBeNull();
});

test("a page is renamed where its title stands", async () => {
  const { door, rota, night } = work();
  await open(door, rota);
  const field = await fill("Title of the page", "  Night   rota ");
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await waitFor(() => { expect(door.pages.find(({ line }) => line.id === night)?.line.title).toBe("Night rota"); });
  await waitFor(() => { expect(listed().some((line) => line.startsWith("Night rota"))).toBe(true); });
});
