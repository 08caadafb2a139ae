// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault } from "../door/door";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Ada founded a notebook; Bo, of the NHS trust, writes in it. */
function shared(): { door: PretendDoor; rota: string } {
  const door = new PretendDoor();
  const rota = door.notebook("Flood rota");
  door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  door.sharing.has(rota, { person_id: "bo", name: "Bo", role: "writer", organisation: "NHS trust", job: "Ward manager" });
  return { door, rota };
}

async function toPeople(door: PretendDoor): Promise<void> {
  openWindow(door);
  await screen.findByText("Gwen has the keys");
  await press("People");
  await screen.findByRole("heading", { name: "People in Flood rota" });
}

const dialog = () => screen.findByRole("dialog");
const gone = () => waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
const standings = (door: PretendDoor, notebook: string) => door.sharing.of(notebook).map(({ person_id, role, state }) => [person_id, role, state]);

test("Ada sees who is in her notebook, where they work and what they may do", async () => {
  const { door } = shared();
  await toPeople(door);
  const people = within(screen.getByRole("list", { name: "People in Flood rota" }));
  const lines = (await people.findAllByRole("listitem")).map((line) => line.textContent.replace(/\s+/g, " ").trim());
  expect(lines).toEqual(["Ada (you) founder", "Bo Ward manager, NHS trust writer Change"]);
});

test("Ada makes Bo a reader", async () => {
  const { door, rota } = shared();
  await toPeople(door);
  await press("Change what Bo may do");
  await press("Reader Reads every page.", "radio");
  await press("Save the role");
  await gone();
  expect(standings(door, rota)).toContainEqual(["bo", "reader", "member"]);
  expect(await screen.findByText("reader")).toBeTruthy();
});

test("before Ada removes Bo she is told what he keeps and what ends, and then he is out", async () => {
  const { door, rota } = shared();
  await toPeople(door);
  await press("Change what Bo may do");
  await press("Remove from the notebook");
  const said = (await dialog()).textContent;
  expect(said).toContain("Bo keeps the copies they have");
  expect(said).toContain("What is written from now on does not reach Bo. The notebook's key is changed.");
  expect(standings(door, rota)).toHaveLength(2);
  await press("Remove Bo");
  await gone();
  expect(standings(door, rota)).toEqual([["ada", "admin", "founder"]]);
  await waitFor(() => { expect(document.activeElement?.textContent).toBe("People in Flood rota"); });
});

test("what the node refuses is said where it was asked, and nothing has changed", async () => {
  const { door, rota } = shared();
  door.faults.set("remove_member", new Fault("refused", "the person or device was there before you; ask somebody senior to them", "en"));
  await toPeople(door);
  await press("Change what Bo may do");
  await press("Remove from the notebook");
  await press("Remove Bo");
  expect((await within(await dialog()).findByRole("alert")).textContent).toContain("ask somebody senior to them");
  expect(standings(door, rota)).toContainEqual(["bo", "writer", "member"]);
});

test("Ada hands her notebook over to Bo, and may leave it then; with nobody to tell, her copy waits to be erased", async () => {
  const { door, rota } = shared();
  await toPeople(door);
  expect(screen.queryByRole("button", { name: "Leave the notebook" })).toBeNull();
  await press("Change what Bo may do");
  await press("Hand over the notebook");
  expect((await dialog()).textContent).toContain("You cannot take it back: only Bo can hand it on.");
  await press("Hand it over");
  await gone();
  expect(standings(door, rota)).toEqual([["bo", "admin", "founder"], ["ada", "admin", "member"]]);

  await press("Leave the notebook");
  (await within(await dialog()).findByRole("button", { name: "Leave the notebook" })).click();
  await gone();
  expect(await screen.findByText(/You are not in this notebook any more/)).toBeTruthy();
  await press("People");
  await press("Erase it from this device");
  (await within(await dialog()).findByRole("button", { name: "Erase it from this device" })).click();
  await gone();
  expect(door.notebooks).toEqual([]);
  expect(await screen.findByText(/Your notebooks will be here/)).toBeTruthy();
});

test("a writer is offered nothing that takes an admin, and is told whom to ask", async () => {
  const door = new PretendDoor();
  const beds = door.notebook("Flood rota", "writer");
  door.page(beds, "Night cover", ["Bo"], undrawn(["p Gwen has the keys"]));
  await toPeople(door);
  expect(screen.queryByRole("button", { name: "Invite somebody" })).toBeNull();
  expect(screen.queryByText("Change")).toBeNull();
  expect(screen.getByText("Admins of this notebook invite people and change roles: ask one of them.")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Leave the notebook" })).toBeTruthy();
});

test("Ada, who has no name yet, is asked for one before her first link, and never again", async () => {
  const { door, rota } = shared();
  door.identity = { ...door.identity, name: null };
  await toPeople(door);
  await press("Invite somebody");
  await press("Continue");
  expect(await screen.findByText("Give a name that the others know you by.")).toBeTruthy();
  await fill("Your name", "Ada Parri");
  await fill("Organisation (optional)", "County council");
  await fill("Place you work for (optional)", "Gwynedd");
  await press("Continue");
  await fill("For how many people", "3");
  await press("Make the invitation");
  const link = await screen.findByLabelText<HTMLTextAreaElement>("Link to join");
  expect(link.value).toMatch(/^hedgerow:\/\/join\//);
  expect(door.identity).toMatchObject({ name: "Ada Parri", organisation: "County council", places: ["Gwynedd"] });
  expect(door.sharing.invitations.get(rota)).toMatchObject([{ role: "writer", uses: 3, state: "open", by: "Ada Parri" }]);

  await press("Close");
  await gone();
  await press("Invite somebody");
  expect(await screen.findByRole("button", { name: "Make the invitation" })).toBeTruthy();
  expect(screen.queryByLabelText("Your name")).toBeNull();
});

test("a number of people that is none is said, and no link is made", async () => {
  const { door, rota } = shared();
  await toPeople(door);
  await press("Invite somebody");
  await fill("For how many people", "a few");
  await press("Make the invitation");
  expect(await screen.findByText("Give a whole number from 1 to 10,000.")).toBeTruthy();
  expect(door.sharing.invitations.get(rota)).toBeUndefined();
});

test("Ada copies the link, and hears that it is copied; where the browser refuses she is told how", async () => {
  const copied: string[] = [];
  const writeText = vi.fn<(text: string) => Promise<void>>(async (text) => void copied.push(text));
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator) as Navigator, { clipboard: { writeText } }));
  const { door } = shared();
  await toPeople(door);
  await press("Invite somebody");
  await press("Make the invitation");
  await press("Copy the link");
  expect((await screen.findByText("Link copied.")).getAttribute("role")).toBe("status");
  expect(copied).toEqual([screen.getByLabelText<HTMLTextAreaElement>("Link to join").value]);
  writeText.mockRejectedValueOnce(new Error("not allowed"));
  await press("Copy the link");
  expect(await screen.findByText(/copy it with Ctrl\+C/)).toBeTruthy();
  vi.unstubAllGlobals();
  withoutLayout();
});

test("Ada sees what became of her invitations, and closes one", async () => {
  const { door, rota } = shared();
  const link = { role: "reader" as const, uses: 1, used: 1, expires: "2030-03-11T09:30:00Z", by: "Ada", by_id: "ada" };
  door.sharing.invitations.set(rota, [
    { ...link, invitation: "i1", uses: 3, state: "open", redemptions: [{ person: "Bo", person_id: "bo", state: "seated", why: null }] },
    { ...link, invitation: "i2", state: "used_up", redemptions: [{ person: "Cy", person_id: "cy", state: "stands", why: null }] },
    { ...link, invitation: "i3", state: "expired", expires: "2024-03-11T09:30:00Z", redemptions: [] },
    { ...link, invitation: "i4", role: "admin", state: "cut", redemptions: [{ person: "Di", person_id: "di", state: "void", why: "the link had been closed" }] },
  ]);
  await toPeople(door);
  expect(await screen.findByText("open for 2 more people, until 11 Mar 2030")).toBeTruthy();
  expect(screen.getByText("Joined by it: Bo")).toBeTruthy();
  expect(screen.getByText("Earlier ones (3)")).toBeTruthy();
  for (const words of ["used by as many as it was for", "over since 11 Mar 2024", "closed when somebody was removed or left", "Di is not in by it"]) {
    expect(screen.getByText(words)).toBeTruthy();
  }
  await press("Close the invitation");
  expect((await dialog()).textContent).toContain("Those who have joined by it stay in.");
  (await within(await dialog()).findByRole("button", { name: "Close the invitation" })).click();
  await gone();
  expect(door.sharing.invitations.get(rota)?.[0]?.state).toBe("revoked");
  expect(await screen.findByText("None is open at the moment.")).toBeTruthy();
});

test("Di, whose joining is in question, is let in with a role", async () => {
  const { door, rota } = shared();
  door.sharing.has(rota, { person_id: "di", name: "Di", role: null, state: "awaits_admin", why: "set their role to let them in" });
  await toPeople(door);
  await press("Decide about Di");
  await press("Let them in");
  await gone();
  expect(standings(door, rota)).toContainEqual(["di", "reader", "member"]);
});

test("when Ada's device lets Cy in she is told, with the words to compare, and by name as soon as it is known", async () => {
  const { door, rota } = shared();
  openWindow(door);
  await screen.findByText("Gwen has the keys");
  door.say({ notice: "admitted", notebook_id: rota, person: "cy", person_id: "cy", words: ["otter", "lantern", "maple", "drum"] });
  expect(await screen.findByText(/Somebody without a name joined “Flood rota”/)).toBeTruthy();
  door.sharing.has(rota, { person_id: "cy", name: "Cy", role: "reader" });
  door.say({ notice: "notebook_changed", notebook_id: rota });
  expect(await screen.findByText(/Cy joined “Flood rota”/)).toBeTruthy();
  expect(screen.getByText("otter lantern maple drum")).toBeTruthy();
  await press("Put away");
  await waitFor(() => { expect(screen.queryByText("otter lantern maple drum")).toBeNull(); });
});

test("Bo, who is made a reader and then removed, is told so on the page that he has open", async () => {
  const door = new PretendDoor();
  door.identity = { ...door.identity, person_id: "bo", name: "Bo" };
  const rota = door.notebook("Flood rota", "writer");
  door.page(rota, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
  openWindow(door);
  await screen.findByText("Gwen has the keys");
  await screen.findByRole("toolbar");
  door.sharing.has(rota, { person_id: "bo", role: "reader" });
  door.say({ notice: "notebook_changed", notebook_id: rota });
  expect(await screen.findByText("You may read this page, not change it.")).toBeTruthy();
  expect((await screen.findByRole("textbox", { name: "Text of the page" })).getAttribute("contenteditable")).toBe("false");
  door.removed(rota);
  expect(await screen.findByText(/You are not in this notebook any more/)).toBeTruthy();
  expect(screen.getByText("Gwen has the keys")).toBeTruthy();
});
