// @vitest-environment jsdom
import { cleanup, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

const WORDS = "Words to show (the address, if left empty)";

async function atNight(): Promise<void> {
  const door = new PretendDoor();
  door.page(door.notebook("Flood rota"), "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  openWindow(door);
  await screen.findByRole("textbox", { name: "Text of the page" });
}

test("Ada makes a link in the toolbar with nothing selected, and is asked for the words too", async () => {
  await atNight();
  await press("Link");
  await fill("Address", "not an address");
  await press("Make the link");
  expect((await screen.findByRole("alert")).textContent).toContain("not an address of a web page");
  await fill("Address", "example.org/plan");
  await fill(WORDS, "the county's plan");
  await press("Make the link");
  const link = await screen.findByRole("link", { name: "the county's plan" });
  expect(link.getAttribute("href")).toBe("https://example.org/plan");
  await waitFor(() => { expect(document.activeElement, "and goes on writing").toBe(screen.getByRole("textbox", { name: "Text of the page" })); });
});

test("a link without words shows its address as it was typed", async () => {
  await atNight();
  await press("Link");
  await fill("Address", "example.org");
  await press("Make the link");
  await waitFor(() => { expect(screen.getByRole("link", { name: "example.org" }).getAttribute("href")).toBe("https://example.org"); });
});
