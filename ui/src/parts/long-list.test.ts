// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { createRawSnippet, tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rowsInSight } from "../../tests/rows-in-sight";
import LongList from "./LongList.svelte";

beforeEach(rowsInSight);
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const numbers = (many: number) => Array.from({ length: many }, (_, at) => `Night ${at + 1}`);
const lines = () => within(screen.getByRole("list", { name: "Pages" })).getAllByRole("listitem");
const here = () => document.activeElement?.textContent;

function list(of: readonly string[], current: string | null = null): { chosen: string[]; rerender: (more: object) => Promise<void> } {
  const chosen: string[] = [];
  const line = createRawSnippet<[string]>((item) => ({ render: () => `<span>${item()}</span>` }));
  const { rerender } = render(LongList<string>, { label: "Pages", of, key: (item) => item, current, line, onchoose: (item) => chosen.push(item) });
  return { chosen, rerender };
}

test("of two thousand lines those in sight are drawn, and each says which of how many it is", async () => {
  list(numbers(2_000));
  await waitFor(() => { expect(lines().length).toBeGreaterThan(5); });
  expect(lines().length).toBeLessThan(100);
  expect(lines()[1]?.getAttribute("aria-setsize")).toBe("2000");
  expect(lines()[1]?.getAttribute("aria-posinset")).toBe("2");
});

test("the keyboard comes to every line, and to the list with one Tab", async () => {
  const { chosen } = list(numbers(2_000), "Night 3");
  await waitFor(() => { expect(lines().length).toBeGreaterThan(5); });
  const stops = () => screen.getAllByRole("button").filter((button) => button.tabIndex === 0);
  expect(stops().map((stop) => stop.textContent)).toEqual(["Night 3"]);
  stops()[0]?.focus();
  const press = async (key: string) => {
    await fireEvent.keyDown(document.activeElement as Element, { key });
    await tick();
  };
  await press("ArrowDown");
  expect(here()).toBe("Night 4");
  await press("End");
  await waitFor(() => { expect(here()).toBe("Night 2000"); });
  expect(stops().map((stop) => stop.textContent)).toEqual(["Night 2000"]);
  await press("PageUp");
  await waitFor(() => { expect(here()).toBe("Night 1990"); });
  await press("Home");
  await waitFor(() => { expect(here()).toBe("Night 1"); });
  (document.activeElement as HTMLElement).click();
  expect(chosen).toEqual(["Night 1"]);
});

test("the line that the keyboard is on keeps it while others come above it", async () => {
  const { rerender } = list(numbers(2_000));
  await waitFor(() => { expect(lines().length).toBeGreaterThan(5); });
  screen.getByRole("button", { name: "Night 5" }).focus();
  await rerender({ of: ["Newest", ...numbers(2_000)] });
  await waitFor(() => { expect(here()).toBe("Night 5"); });
  expect(document.activeElement?.closest("[role=listitem]")?.getAttribute("aria-posinset")).toBe("6");
});

test("a hundred lines are all there, for whoever searches and prints", () => {
  list(numbers(100));
  expect(lines()).toHaveLength(100);
});
