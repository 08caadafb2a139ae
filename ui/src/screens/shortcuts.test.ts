// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, shelf, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { LINE_SHORTCUTS, WORD_SHORTCUTS } from "../editor/shortcuts";
import { keyNames } from "../words/key-names";

/** What the editor hands to the libraries that act on keys and on what is typed. */
const handed = vi.hoisted(() => ({ keys: [] as string[], rules: [] as unknown[] }));
vi.mock("prosemirror-keymap", async (original) => {
  const real = await original<typeof import("prosemirror-keymap")>();
  const { baseKeymap } = await import("prosemirror-commands");
  return {
    ...real,
    keymap: (bindings: Parameters<typeof real.keymap>[0]) => {
      // What every field does is told by no list.
      if (bindings !== baseKeymap) handed.keys.push(...Object.keys(bindings));
      return real.keymap(bindings);
    },
  };
});
vi.mock("prosemirror-inputrules", async (original) => {
  const real = await original<typeof import("prosemirror-inputrules")>();
  return {
    ...real,
    inputRules: (config: Parameters<typeof real.inputRules>[0]) => {
      handed.rules.push(...config.rules);
      return real.inputRules(config);
    },
  };
});

beforeAll(withoutLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  withoutLayout();
});

async function onPage(kept = shelf()): Promise<HTMLElement> {
  const door = new PretendDoor();
  door.page(door.notebook("Flood rota"), "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  openWindow(door, { kept });
  return screen.findByRole("textbox", { name: "Text of the page" });
}

const TITLE = "Keyboard shortcuts";
const listed = async () => screen.findByRole("dialog", { name: TITLE });
const said = (line: HTMLElement) => [...line.querySelectorAll(".chord")].map((chord) => [...chord.querySelectorAll("kbd")].map((key) => key.textContent).join("+"));

test("every key that the editor binds is in the list, and everything typed that it acts on", async () => {
  const text = await onPage();
  await fireEvent.keyDown(text, { key: "/", ctrlKey: true });
  const chords = said(await listed());
  expect(handed.keys.length).toBeGreaterThan(15);
  for (const key of handed.keys) expect(chords).toContain(keyNames(key).join("+"));
  const shortcuts = [...LINE_SHORTCUTS, ...WORD_SHORTCUTS];
  for (const rule of handed.rules) expect(shortcuts.find((one) => one.rule === rule)?.examples.length).toBeGreaterThan(0);
  for (const { examples } of shortcuts) for (const { typed } of examples) expect(chords).toContain(typed("words"));
  expect(chords).toContain("/");
});

test("a question mark opens it outside of text, and is typed in it", async () => {
  const text = await onPage();
  await fireEvent.keyDown(text, { key: "?", shiftKey: true });
  await fireEvent.keyDown(screen.getByLabelText("Title of the page"), { key: "?", shiftKey: true });
  expect(screen.queryByRole("dialog")).toBeNull();
  await fireEvent.keyDown(document.body, { key: "?", shiftKey: true });
  const sheet = await listed();
  const bold = within(sheet).getAllByText("Bold")[0]?.parentElement;
  expect(bold?.textContent.replace(/\s+/g, "")).toBe("BoldCtrl+B");
});

test("whoever turns the question mark off opens it with Ctrl and a slash, now and later", async () => {
  const kept = shelf();
  await onPage(kept);
  await fireEvent.keyDown(document.body, { key: "?" });
  (await screen.findByRole("checkbox")).click();
  await press("Close");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  await fireEvent.keyDown(document.body, { key: "?" });
  expect(screen.queryByRole("dialog")).toBeNull();
  cleanup();
  await onPage(kept);
  await fireEvent.keyDown(document.body, { key: "?" });
  expect(screen.queryByRole("dialog")).toBeNull();
  await fireEvent.keyDown(document.body, { key: "/", ctrlKey: true });
  await listed();
});

test("it is opened from the settings, which make way", async () => {
  await onPage();
  (await screen.findAllByRole("button", { name: "Settings" }))[0]?.click();
  await press(TITLE);
  await listed();
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
  // While a sheet is open there is no second one.
  await fireEvent.keyDown(document.body, { key: "/", ctrlKey: true });
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
});
