// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

const plain = (option: HTMLElement) => option.textContent.replace(/\s+/g, " ").trim();
const options = () => within(screen.getByRole("listbox", { name: "Choose a notebook" })).queryAllByRole("option").map(plain);
const marked = (from: HTMLElement) => plain(document.getElementById(from.getAttribute("aria-activedescendant") ?? "") as HTMLElement);

/** Notebooks of these titles, each with a page; the list of them is open. */
async function having(...titles: string[]): Promise<PretendDoor> {
  const door = new PretendDoor();
  for (const title of titles) door.page(door.notebook(title), `Page of ${title}`, ["Ada"], undrawn([`p said in ${title}`]));
  openWindow(door);
  await screen.findByText(/^said in/);
  const button = await screen.findByRole("button", { name: /^Notebook: / });
  button.focus();
  button.click();
  return door;
}

test("Ada chooses among a few notebooks with the arrows, with a letter, and with the space bar", async () => {
  await having("Flood rota", "Housing", "Winter beds");
  const list = await screen.findByRole("listbox", { name: "Choose a notebook" });
  await waitFor(() => { expect(document.activeElement).toBe(list); });
  expect(options()).toEqual(["Flood rota 1 page, 1 person", "Housing 1 page, 1 person", "Winter beds 1 page, 1 person"]);
  expect(plain(within(list).getByRole("option", { selected: true })), "the one that is open is marked").toBe(marked(list));
  await fireEvent.keyDown(list, { key: "End" });
  expect(marked(list)).toContain("Winter beds");
  await fireEvent.keyDown(list, { key: "ArrowDown" });
  expect(marked(list), "from the last to the first").toContain("Flood rota");
  await fireEvent.keyDown(list, { key: "h" });
  expect(marked(list)).toContain("Housing");
  await fireEvent.keyDown(list, { key: " " });
  const button = await screen.findByRole("button", { name: "Notebook: Housing" });
  await waitFor(() => { expect(screen.queryByRole("listbox")).toBeNull(); });
  await waitFor(() => { expect(document.activeElement, "the keyboard is back where it was").toBe(button); });
});

test("among many one is found by a part of its title, without its accents", async () => {
  await having("Tŷ Gwyn", ..."abcdefghi");
  const field = await screen.findByRole("combobox", { name: "Part of its title" });
  await waitFor(() => { expect(document.activeElement).toBe(field); });
  expect(options()).toHaveLength(10);
  await fill("Part of its title", "TY");
  await waitFor(() => { expect(options()).toEqual(["Tŷ Gwyn 1 page, 1 person"]); });
  await fireEvent.keyDown(field, { key: "Enter" });
  await screen.findByRole("button", { name: "Notebook: Tŷ Gwyn" });
});

test("where nothing is called so that is said, and Escape leaves it as it was", async () => {
  const door = await having(..."abcdefghij");
  const field = await screen.findByRole("combobox", { name: "Part of its title" });
  await fill("Part of its title", "zzz");
  expect(await screen.findByText("No notebook is called that.")).toBeTruthy();
  const asked = door.asked.length;
  await fireEvent.keyDown(field, { key: "Enter" });
  await fireEvent.keyDown(field, { key: "Escape" });
  await waitFor(() => { expect(screen.queryByRole("combobox", { name: "Part of its title" })).toBeNull(); });
  expect(door.asked.slice(asked)).not.toContain("list_pages");
});
