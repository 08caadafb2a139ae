// @vitest-environment jsdom
import { cleanup, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, shelf, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault } from "../door/door";

beforeAll(withoutLayout);
afterEach(cleanup);

const paper = () => screen.findByRole("textbox", { name: "Text of the page" });
const titles = (door: PretendDoor) => door.notebooks.map(({ title }) => title);

test("Ada opens the app for the first time and can write at once, asked nothing", async () => {
  const door = new PretendDoor();
  openWindow(door);
  const body = await paper();
  await waitFor(() => { expect(document.activeElement).toBe(body); });
  expect(titles(door)).toEqual(["My notes"]);
  expect(door.pages.map(({ line }) => line.title)).toEqual(["Untitled"]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("her first notebook is called so in her language", async () => {
  const door = new PretendDoor();
  openWindow(door, { languages: ["cy-GB"] });
  await screen.findByRole("textbox", { name: "Testun y dudalen" });
  expect(titles(door)).toEqual(["Fy nodiadau"]);
});

test("two tabs that open at once begin one notebook between them", async () => {
  const door = new PretendDoor();
  openWindow(door);
  openWindow(door);
  await waitFor(() => { expect(screen.getAllByRole("textbox", { name: "Text of the page" })).toHaveLength(2); });
  expect(titles(door)).toEqual(["My notes"]);
  expect(door.pages).toHaveLength(1);
});

test("a beginning that fails is said, and trying again goes on where it broke off", async () => {
  const door = new PretendDoor();
  door.faults.set("new_page", new Fault("failed", "the disk is full; make room and try again"));
  openWindow(door);
  expect((await screen.findByRole("alert")).textContent).toContain("the disk is full");
  expect(titles(door)).toEqual(["My notes"]);
  door.faults.clear();
  (await screen.findByText("Try again")).click();
  await paper();
  expect(titles(door)).toEqual(["My notes"]);
  expect(door.pages).toHaveLength(1);
});

test("whoever has a notebook already gets none beside it", async () => {
  const door = new PretendDoor();
  const beds = door.notebook("Winter beds", "reader");
  openWindow(door);
  expect(await screen.findByText("The pages of this notebook will be here.")).toBeTruthy();
  expect(door.notebooks.map(({ id }) => id)).toEqual([beds]);
  expect(door.asked).not.toContain("new_notebook");
});

test("later the window opens where Ada was, and where that is gone, on the page changed last", async () => {
  const door = new PretendDoor();
  const kept = shelf();
  const flood = door.notebook("Flood rota");
  const beds = door.notebook("Winter beds");
  const night = door.page(flood, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  door.now = "2026-03-05T09:30:00Z";
  door.page(beds, "Discharge", ["Ada"], undrawn(["p Before noon"]));

  openWindow(door, { kept });
  expect(await screen.findByText("Before noon")).toBeTruthy();
  await press("Notebook: Winter beds");
  (await screen.findByRole("option", { name: /^Flood rota/ })).click();
  (await screen.findByText("Night cover")).click();
  await screen.findByText("Gwen has the keys");
  cleanup();

  openWindow(door, { kept });
  expect(await screen.findByText("Gwen has the keys")).toBeTruthy();
  cleanup();

  door.pages.splice(door.pages.findIndex(({ line }) => line.id === night), 1);
  openWindow(door, { kept });
  expect(await screen.findByText("Before noon")).toBeTruthy();
});

test("a window whose node was away at the start opens when it is back", async () => {
  const door = new PretendDoor();
  door.faults.set("whoami", new Fault("unreachable", "Hedgerow is not running on this device at the moment."));
  openWindow(door);
  await screen.findByRole("alert");
  door.faults.clear();
  door.say({ notice: "missed" });
  await paper();
  expect(titles(door)).toEqual(["My notes"]);
  await waitFor(() => { expect(screen.queryByRole("alert")).toBeNull(); });
});
