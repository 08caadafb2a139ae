// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { undrawn } from "../../tests/drawn";
import { openWindow, press, take, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault, type Holder } from "../door/door";
import { holdsByPerson } from "./holder-words";

beforeAll(withoutLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  withoutLayout();
});

const WAITING = "What is waiting";
const sheet = () => screen.findByRole("dialog", { name: WAITING });
const lines = (name: string) => within(screen.getByRole("list", { name })).getAllByRole("listitem").map((line) => line.textContent.replace(/\s+/g, " ").trim());
const has = (name: string, more: Partial<Holder>): Holder => ({ person: name, person_id: name.toLowerCase(), device_id: name, has_all: false, agreed: null, connected: false, last_seen: null, ...more });
const LONG_AGO = "2024-03-04T12:00:00Z";

/** Ada's notebook, that she shares with Bo, Cy and Eira; Di waits to be let in. */
function shared(): { door: PretendDoor; rota: string; night: string } {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota");
  const night = door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  for (const name of ["Bo", "Cy", "Eira"]) door.sharing.has(rota, { person_id: name.toLowerCase(), name, role: "writer" });
  door.sharing.has(rota, { person_id: "di", name: "Di", role: null, state: "awaits_admin" });
  door.holders.set(rota, [has("Bo", { has_all: true, agreed: LONG_AGO, connected: true, last_seen: LONG_AGO }), has("Cy", { agreed: LONG_AGO, last_seen: LONG_AGO })]);
  return { door, rota, night };
}

async function lookAtPage(door: PretendDoor): Promise<HTMLElement> {
  openWindow(door);
  await screen.findByRole("textbox", { name: "Text of the page" });
  await press(WAITING);
  return sheet();
}

test("Ada is told who has it as of when, whom it has not reached, and why not", async () => {
  const { door } = shared();
  door.onNotebooks.peers.push({ person: "Cy", person_id: "cy", device_id: "Cy", connected: false, last_seen: LONG_AGO, trouble: "no address of it answers" });
  await lookAtPage(door);
  await screen.findByText("no address of it answers");
  expect(lines("Who has all of it")).toEqual(["Bo has all of this notebook (4 Mar 2024). Connected now."]);
  expect(lines("Whom it has not reached whole")).toEqual([
    "Cy had all of it (4 Mar 2024), not what came after. Last seen 4 Mar 2024. When it was tried last: no address of it answers",
    "Eira may not have it yet.",
  ]);
  expect(screen.getByText("no address of it answers").lang).toBe("en");
  expect(within(await sheet()).getAllByText("Saved on this device.")).toHaveLength(1);
  expect(screen.getByText("Nothing that came here waits to be shown, and nothing was refused.")).toBeTruthy();
});

test("what waits is counted, and what was refused is told with whose it was, where and why", async () => {
  const { door, rota, night } = shared();
  door.onNotebooks.waiting.set(rota, 3);
  door.onNotebooks.refused.set(rota, [
    { record: "r1", author: "Cy", author_id: "cy", page: night, why: "a reader may not write on pages" },
    { record: "r2", author: "Ada", author_id: "ada", page: "gone", why: "it is too large" },
    { record: "r3", author: null, author_id: null, page: null, why: "its signature is wrong" },
  ]);
  await lookAtPage(door);
  await screen.findByText(/^3 changes have come that cannot be shown yet/);
  expect(lines("What was refused")).toEqual([
    "Cy, on “Night cover” a reader may not write on pages",
    "You, on a page that is not in the list it is too large",
    "Somebody unknown its signature is wrong",
  ]);
  expect(screen.queryByText(/Nothing that came here waits/)).toBeNull();
});

test("with nobody connected that is said calmly, and it is kept up with while it is open", async () => {
  const { door, rota } = shared();
  door.holders.set(rota, [has("Bo", { agreed: LONG_AGO, last_seen: LONG_AGO })]);
  await lookAtPage(door);
  await screen.findByText(/^Nobody of this notebook is connected/);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(lines("Whom it has not reached whole").map((line) => line.split(" ")[0])).toEqual(["Bo", "Cy", "Eira"]);
  door.holders.set(rota, [has("Bo", { has_all: true, agreed: LONG_AGO, connected: true, last_seen: LONG_AGO })]);
  door.say({ notice: "agreed", device_id: "Bo", person: "Bo", notebook_ids: [rota] });
  await waitFor(() => { expect(lines("Who has all of it")).toHaveLength(1); }, { timeout: 2_000 });
  expect(screen.queryByText(/^Nobody of this notebook is connected/)).toBeNull();
});

test("what could not be saved is not said to be", async () => {
  const { door } = shared();
  door.faults.set("save", new Fault("failed", "the disk is full.", "en"));
  openWindow(door);
  const text = await screen.findByRole("textbox", { name: "Text of the page" });
  text.focus();
  const { fireEvent } = await import("@testing-library/svelte");
  await fireEvent.keyDown(text, { key: "Enter" });
  await screen.findByRole("alert");
  await press(WAITING);
  const said = await sheet();
  await waitFor(() => { expect(said.textContent).toContain("What you typed is not saved: the disk is full."); });
  expect(said.textContent).not.toContain("Saved on this device.");
});

test("it is opened for the notebook without a page, and a node that cannot say is asked again", async () => {
  const { door } = shared();
  openWindow(door);
  await screen.findByText("Gwen has the keys");
  door.faults.set("get_status", new Fault("failed", "the store could not be read", "en"));
  await take("More to do with this notebook", WAITING);
  await sheet();
  await screen.findByText("the store could not be read");
  expect(lines("Who has all of it"), "what is known stays").toHaveLength(1);
  door.faults.clear();
  await press("Try again");
  await waitFor(() => { expect(screen.queryByText("the store could not be read")).toBeNull(); });
});

test("nobody has more than the best of their devices, and whoever gave no name is not told by their id", () => {
  const two = [has("Bo", { device_id: "phone", agreed: LONG_AGO }), has("Bo", { device_id: "desk", has_all: true, agreed: LONG_AGO })];
  expect(holdsByPerson(two, []).map(({ holder }) => holder?.device_id)).toEqual(["desk"]);
  expect(holdsByPerson([has("cy", { person_id: "cy" })], [])[0]?.name).toBe("Somebody without a name");
});
