// @vitest-environment jsdom
import { cleanup, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Fault } from "../door/door";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Ada began a page, Bo wrote on it later. */
function work(role: "admin" | "reader" = "admin"): { door: PretendDoor; page: string } {
  const door = new PretendDoor();
  const page = door.page(door.notebook("Flood rota", role), "Night cover", ["Ada"], undrawn(["p sandbags", "p ring the keeper"]));
  door.now = "2024-03-05T09:30:00Z";
  door.history.wrote(page, "Bo", undrawn(["p sandbags at six", "p ring the keeper"]));
  return { door, page };
}

/** What is tinted, with the colour. */
function tinted(): string[] {
  return [...document.querySelectorAll<HTMLElement>(".written-by")].map((piece) => `${piece.dataset["presence"] ?? ""} ${piece.textContent}`);
}

async function colourOf(name: string): Promise<string> {
  const chosen = await screen.findByRole("button", { name });
  return chosen.querySelector<HTMLElement>("[data-presence]")?.dataset["presence"] ?? "";
}

test("Ada sees who wrote what: a colour and initials for each, and at the cursor who and when", async () => {
  const { door } = work();
  openWindow(door);
  await press("Show who wrote what");
  const [ada, bo] = [await colourOf("Ada (you)"), await colourOf("Bo")];
  await waitFor(() => { expect(tinted()).toEqual([`${ada} sandbags`, `${bo}  at six`, `${ada} ring the keeper`]); });
  await press("Next piece");
  expect(await screen.findByText(/Written by Bo, 5 Mar 2024\./)).toBeTruthy();
  expect(document.querySelector(".pointed-out")?.textContent).toBe(" at six");
  await press("Next piece");
  expect(await screen.findByText(/Written by Ada, 4 Mar 2026\./)).toBeTruthy();
  screen.getByRole("button", { name: "Hide" }).click();
  await waitFor(() => { expect(tinted()).toEqual([]); });
  expect(document.activeElement?.textContent).toContain("Show who wrote what");
});

test("what is written meanwhile is tinted as it comes, and whoever is new is asked about", async () => {
  const { door, page } = work();
  openWindow(door);
  await press("Show who wrote what");
  await screen.findByRole("button", { name: "Bo" });
  const asked = () => door.asked.filter((name) => name === "page_authors").length;
  const before = asked();
  door.history.wrote(page, "Cy", undrawn(["p sandbags at six", "p ring the keeper twice"]));
  const cy = await colourOf("Cy");
  await waitFor(() => { expect(tinted().at(-1)).toBe(`${cy}  twice`); });
  expect(asked()).toBe(before + 1);
});

test("one person's text is shown alone, and a colour is the same as at their caret", async () => {
  const { door, page } = work();
  openWindow(door);
  await press("Show who wrote what");
  const bo = await colourOf("Bo");
  await press("Bo");
  await waitFor(() => { expect(tinted()).toEqual([`${bo}  at six`]); });
  expect(screen.getByRole("button", { name: "Bo" }).getAttribute("aria-pressed")).toBe("true");
  door.say({ notice: "present", notebook_id: "", page_id: page, device_id: "d2", person: "Bo", person_id: "bo", caret: { anchor: "s", head: "e" } });
  await waitFor(() => { expect(document.querySelector<HTMLElement>(".other-caret")?.dataset["presence"]).toBe(bo); });
  await press("Bo");
  await waitFor(() => { expect(tinted()).toHaveLength(3); });
});

test("a reader sees it too, and a node that cannot say is asked again", async () => {
  const { door } = work("reader");
  door.faults.set("page_authors", new Fault("failed", "the page could not be read; try again"));
  openWindow(door);
  await press("Show who wrote what");
  expect((await screen.findByRole("alert")).textContent).toContain("the page could not be read");
  expect(tinted()).toEqual([]);
  door.faults.clear();
  await press("Try again");
  await screen.findByRole("button", { name: "Bo" });
  await waitFor(() => { expect(tinted()).toHaveLength(3); });
});
