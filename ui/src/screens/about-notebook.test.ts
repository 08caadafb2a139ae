// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, take, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault, type Role } from "../door/door";

beforeAll(withoutLayout);
afterEach(cleanup);

const MORE = "More to do with this notebook";
const dialog = () => screen.findByRole("dialog");
const gone = () => waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });

async function open(role: Role = "admin"): Promise<{ door: PretendDoor; rota: string }> {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota", role);
  door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  openWindow(door);
  await screen.findByText("Gwen has the keys");
  return { door, rota };
}

test("Ada says what her notebook is about, and the challenge stands under its title", async () => {
  const { door, rota } = await open();
  await take(MORE, "About this notebook");
  await fill("Title", "Flood cover");
  await fill("The challenge that it is built round", "Four streets flood in one night.");
  await fill("Review date: when you look again at why you do this", "2024-03-31");
  expect(await screen.findByText("The review date was 31 Mar 2024: time to look again.")).toBeTruthy();
  await press("Save what it says");
  await gone();
  expect(door.onNotebooks.about.get(rota)).toEqual({ ground_rules: null, review_date: "2024-03-31" });
  expect(await screen.findByText("Four streets flood in one night.")).toBeTruthy();
  expect(await screen.findByText("The review date was 31 Mar 2024: time to look again.")).toBeTruthy();
  expect(door.notebooks.map(({ title }) => title)).toEqual(["Flood cover"]);
});

test("what was not touched is left as it is, and what was emptied is taken away", async () => {
  const { door, rota } = await open();
  await door.ask("describe_notebook", { notebook: rota, challenge: "Floods", ground_rules: "Whoever is on call decides.", review_date: null });
  await screen.findByText("Floods");
  await take(MORE, "About this notebook");
  await fill("The challenge that it is built round", "");
  await press("Save what it says");
  await gone();
  expect(door.notebooks[0]?.challenge).toBeNull();
  expect(door.onNotebooks.about.get(rota)?.ground_rules).toBe("Whoever is on call decides.");
  expect(door.asked).not.toContain("rename_notebook");
});

test("what the node refuses is said in the sheet, which stays with what was typed", async () => {
  const { door } = await open();
  door.faults.set("describe_notebook", new Fault("refused", "a challenge has at most 2,000 characters", "en"));
  await take(MORE, "About this notebook");
  const field = await fill("The challenge that it is built round", "Floods");
  await press("Save what it says");
  expect((await within(await dialog()).findByRole("alert")).textContent).toContain("at most 2,000 characters");
  expect(field.value).toBe("Floods");
});

test("a notebook without a title is not saved", async () => {
  const { door } = await open();
  await take(MORE, "About this notebook");
  await fill("Title", "  ");
  await press("Save what it says");
  expect(await screen.findByText("Give the notebook a title.")).toBeTruthy();
  expect(door.asked).not.toContain("rename_notebook");
});

test("a reader reads what it is about and changes nothing", async () => {
  await open("reader");
  await take(MORE, "About this notebook");
  const sheet = within(await dialog());
  expect(sheet.getByText("Ground rules")).toBeTruthy();
  expect(sheet.getAllByText("Not said yet.")).toHaveLength(3);
  expect(sheet.queryByRole("textbox")).toBeNull();
  expect(sheet.queryByRole("button", { name: "Save what it says" })).toBeNull();
});

test("a notebook that nobody else is in is deleted after its founder was told what is gone", async () => {
  const { door } = await open();
  await press("People");
  await press("Delete the notebook");
  expect((await dialog()).textContent).toContain("Nobody else is in it. Its pages are gone from this device for good");
  (await within(await dialog()).findByRole("button", { name: "Delete the notebook" })).click();
  await gone();
  expect(door.notebooks).toEqual([]);
});
