// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { drawn, undrawn } from "../../tests/drawn";
import { openWindow, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import type { OpenPage, PageHearer } from "../door/door";
import { PageReplica } from "../editor/page-replica";

beforeAll(withoutLayout);
afterEach(cleanup);

/** A node that lends a page only when it is let. */
class SlowDoor extends PretendDoor {
  let: () => void = () => undefined;
  private readonly isLet = new Promise<void>((done) => { this.let = done; });

  override async open(id: string, hear: PageHearer): Promise<OpenPage> {
    await this.isLet;
    return super.open(id, hear);
  }
}

/** Ada has opened a page whose document is not there yet. */
async function opening(lines: string[], role: "admin" | "reader" = "admin"): Promise<{ door: SlowDoor; page: string; text: HTMLElement }> {
  const door = new SlowDoor();
  const page = door.page(door.notebook("Flood rota", role), "Night cover", ["Ada"], undrawn(lines));
  openWindow(door);
  const text = await screen.findByRole("group", { name: "Text of the page" });
  return { door, page, text };
}

function reads({ pages }: PretendDoor, id: string): string[] {
  const kept = pages.find(({ line }) => line.id === id);
  const replica = new PageReplica(kept?.document ?? new Uint8Array(), { actor: "77".repeat(40), now: () => 0, save: () => undefined });
  replica.receive(kept?.changes ?? []);
  return drawn(replica.blocks);
}

const press = (text: HTMLElement, ...keys: string[]) => { for (const key of keys) fireEvent.keyDown(text, { key }); };

test("a page is read before it can be written in, and nothing moves when it can", async () => {
  const { door, text } = await opening(["h2 Who", "p ring Bo"]);
  expect(text.textContent).toBe("Whoring Bo");
  expect(text.getAttribute("contenteditable")).toBe("false");
  const beside = () => [...document.querySelectorAll(".top button, .top select, .sheet-of-paper > *")].map(({ tagName }) => tagName);
  const before = beside();
  door.let();
  const body = await screen.findByRole("textbox", { name: "Text of the page" });
  expect(body.textContent).toBe("Whoring Bo");
  expect(screen.queryByRole("group", { name: "Text of the page" }), "it is there once").toBeNull();
  expect(beside()).toEqual(before);
});

test("what Ada types before it can be written in comes into the text, in order, and is saved", async () => {
  const { door, page, text } = await opening(["p ring Bo"]);
  text.focus();
  press(text, "N", "o", "p", "Backspace", "w", " ", "Enter", "x");
  expect(text.textContent, "not yet").toBe("ring Bo");
  expect(await screen.findByText("Saving on this device")).toBeTruthy();
  door.let();
  const body = await screen.findByRole("textbox", { name: "Text of the page" });
  expect(document.activeElement).toBe(body);
  await waitFor(() => { expect(reads(door, page)).toEqual(["p Now", "p xring Bo"]); });
});

test("a task that Ada ticks before the page can be written in is ticked", async () => {
  const { door, page } = await opening(["[] ring Bo", "[] ask Gwen"]);
  screen.getAllByLabelText<HTMLInputElement>("Done")[1]?.click();
  door.let();
  await screen.findByRole("textbox", { name: "Text of the page" });
  await waitFor(() => { expect(reads(door, page)).toEqual(["[] ring Bo", "[x] ask Gwen"]); });
});

test("keys of whoever only reads go nowhere", async () => {
  const { door, page, text } = await opening(["p ring Bo"], "reader");
  press(text, "x");
  door.let();
  await screen.findByRole("textbox", { name: "Text of the page" });
  expect(reads(door, page)).toEqual(["p ring Bo"]);
});

/** A node that takes back the page that it lent first, as soon as it did. */
class ForgetfulDoor extends PretendDoor {
  lent = 0;

  override async open(id: string, hear: PageHearer): Promise<OpenPage> {
    const page = await super.open(id, hear);
    this.lent += 1;
    if (this.lent === 1) setTimeout(() => { hear.anew(); });
    return { ...page, close: () => { this.lent -= 1; page.close(); } };
  }
}

test("a page that has to be opened again before it was opened is opened once, and the other copy goes back", async () => {
  const door = new ForgetfulDoor();
  door.page(door.notebook("Flood rota"), "Night cover", ["Ada"], undrawn(["p ring Bo"]));
  openWindow(door);
  const body = await screen.findByRole("textbox", { name: "Text of the page" });
  expect(body.textContent).toBe("ring Bo");
  await waitFor(() => { expect(door.lent).toBe(1); });
});
