// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { createRawSnippet, tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rowsInSight } from "../../tests/rows-in-sight";
import Tree from "./Tree.svelte";

beforeEach(rowsInSight);
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

interface Item {
  readonly title: string;
  readonly within: readonly Item[] | null;
}
const leaf = (title: string): Item => ({ title, within: null });
const SHELF: readonly Item[] = [
  { title: "Flood rota", within: [leaf("Night cover"), leaf("Sandbags")] },
  { title: "Housing", within: [] },
  { title: "Ŵyr", within: [leaf("Soup")] },
];

/** What is shown as text, from the top down. */
const rows = () => screen.getAllByRole("treeitem").map((row) => row.textContent.trim());
const row = (name: string) => screen.getByRole("treeitem", { name });
const here = () => document.activeElement?.textContent.trim();
const stops = () => screen.getAllByRole("treeitem").filter(({ tabIndex }) => tabIndex === 0).map((one) => one.textContent.trim());

async function press(key: string, more: object = {}): Promise<void> {
  await fireEvent.keyDown(document.activeElement as Element, { key, ...more });
  await tick();
}

/** The tree of these, with those open; it opens and closes as it is asked to. */
function tree(of: readonly Item[], opened: readonly string[] = [], current: readonly string[] = []): string[] {
  const chosen: string[] = [];
  const open = new Set(opened);
  const line = createRawSnippet<[Item]>((item) => ({ render: () => `<span>${item().title}</span>` }));
  const props = () => ({
    label: "Shelf", of, current, line,
    key: ({ title }: Item) => title, title: ({ title }: Item) => title, within: ({ within }: Item) => within,
    isOpen: ({ title }: Item) => open.has(title),
    onchoose: ({ title }: Item) => chosen.push(title),
    onturn: ({ title }: Item, opens: boolean) => {
      if (opens) open.add(title);
      else open.delete(title);
      void rerender(props());
    },
  });
  const { rerender } = render(Tree<Item>, props());
  return chosen;
}

test("each row says how deep it lies, which of how many it is, and whether it is open", () => {
  tree(SHELF, ["Flood rota"], ["Flood rota", "Sandbags"]);
  expect(rows()).toEqual(["Flood rota", "Night cover", "Sandbags", "Housing", "Ŵyr"]);
  const told = (name: string) => ["aria-level", "aria-posinset", "aria-setsize", "aria-expanded", "aria-current"].map((one) => row(name).getAttribute(one));
  expect(told("Flood rota")).toEqual(["1", "1", "3", "true", null]);
  expect(told("Sandbags")).toEqual(["2", "2", "2", null, "page"]);
  expect(told("Housing")).toEqual(["1", "2", "3", "false", null]);
});

test("Tab comes once, to what is open, or to what it lies in where that is closed", () => {
  tree(SHELF, ["Flood rota"], ["Flood rota", "Sandbags"]);
  expect(stops()).toEqual(["Sandbags"]);
  cleanup();
  tree(SHELF, [], ["Ŵyr", "Soup"]);
  expect(stops()).toEqual(["Ŵyr"]);
  cleanup();
  tree(SHELF, [], ["Housing"]);
  expect(stops()).toEqual(["Housing"]);
  expect(row("Housing").getAttribute("aria-current"), "no page is open").toBeNull();
});

test("Ada goes through the shelf with the arrows: into a notebook, out of it, and to either end", async () => {
  tree(SHELF);
  row("Flood rota").focus();
  await press("ArrowRight");
  expect(rows(), "the first Right opens").toContain("Sandbags");
  expect(here()).toBe("Flood rota");
  await press("ArrowRight");
  expect(here(), "the second goes in").toBe("Night cover");
  await press("ArrowRight");
  expect(here(), "a page does not open").toBe("Night cover");
  await press("ArrowDown");
  expect(here()).toBe("Sandbags");
  await press("ArrowLeft");
  expect(here(), "the first Left goes out").toBe("Flood rota");
  await press("ArrowLeft");
  expect(rows(), "the second closes").toEqual(["Flood rota", "Housing", "Ŵyr"]);
  await press("ArrowLeft");
  expect(here()).toBe("Flood rota");
  await press("End");
  expect(here()).toBe("Ŵyr");
  await press("ArrowUp");
  await press("ArrowRight");
  await press("ArrowRight");
  expect(here(), "nothing lies in it").toBe("Housing");
  await press("Home");
  expect(here()).toBe("Flood rota");
  expect(stops()).toEqual(["Flood rota"]);
});

test("Enter, Space and a click open what opens and choose what does not, once for a key that is held", async () => {
  const chosen = tree(SHELF);
  row("Flood rota").focus();
  await press("Enter");
  await press("Enter", { repeat: true });
  expect(row("Flood rota").getAttribute("aria-expanded")).toBe("true");
  await press("ArrowDown");
  await press(" ");
  expect(chosen).toEqual(["Night cover"]);
  row("Sandbags").click();
  expect(chosen).toEqual(["Night cover", "Sandbags"]);
  row("Flood rota").click();
  await waitFor(() => { expect(rows()).toEqual(["Flood rota", "Housing", "Ŵyr"]); });
});

test("a letter goes to the next title that begins with it, without its accents, and from the last on to the first", async () => {
  tree(SHELF, ["Flood rota", "Ŵyr"]);
  row("Flood rota").focus();
  await press("s");
  expect(here()).toBe("Sandbags");
  await press("s");
  expect(here()).toBe("Soup");
  await press("S", { shiftKey: true });
  expect(here()).toBe("Sandbags");
  await press("w");
  expect(here()).toBe("Ŵyr");
  await press("q");
  expect(here(), "nothing is called so").toBe("Ŵyr");
  await press("f", { ctrlKey: true });
  expect(here(), "that key is the browser's").toBe("Ŵyr");
});

test("of two thousand pages in a notebook those in sight are drawn, and the keyboard comes to the last and back", async () => {
  const nights = Array.from({ length: 2_000 }, (_, at) => leaf(`Night ${at + 1}`));
  tree([{ title: "Flood rota", within: nights }, ...SHELF.slice(1)], ["Flood rota"]);
  await waitFor(() => { expect(rows().length).toBeGreaterThan(5); });
  expect(rows().length).toBeLessThan(100);
  row("Flood rota").focus();
  await press("End");
  await waitFor(() => { expect(here()).toBe("Ŵyr"); });
  await press("ArrowUp");
  await press("ArrowUp");
  await waitFor(() => { expect(here()).toBe("Night 2000"); });
  expect(row("Night 2000").getAttribute("aria-posinset")).toBe("2000");
  await press("ArrowLeft");
  await waitFor(() => { expect(here()).toBe("Flood rota"); });
});

test("the keyboard stays on a notebook that grows too long to be drawn whole, and that becomes short again", async () => {
  const nights = Array.from({ length: 2_000 }, (_, at) => leaf(`Night ${at + 1}`));
  tree([...SHELF.slice(1), { title: "Rota", within: nights }]);
  row("Rota").focus();
  await press("ArrowRight");
  await waitFor(() => { expect(rows()).toContain("Night 1"); });
  await waitFor(() => { expect(here()).toBe("Rota"); });
  await press("ArrowLeft");
  await waitFor(() => { expect(rows()).toEqual(["Housing", "Ŵyr", "Rota"]); });
  await waitFor(() => { expect(here()).toBe("Rota"); });
});
