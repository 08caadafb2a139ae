// @vitest-environment jsdom
import { File } from "node:buffer";
import { cleanup, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { fill, openWindow, press, withoutLayout } from "../../tests/open-window";
import { PretendDoor } from "../../tests/pretend-door";
import { Fault, type Joined } from "../door/door";
import { fileName } from "../parts/text-file";
import { ENDING, linkIn } from "./invitation-file";
import { Joining } from "./joining.svelte";
import { Work } from "./work.svelte";

beforeAll(withoutLayout);
afterEach(cleanup);

/** Bo's device, with notes of his own. */
function bos(name: string | null = "Bo"): PretendDoor {
  const door = new PretendDoor();
  door.identity = { ...door.identity, person_id: "bo", name };
  door.page(door.notebook("My notes"), "Monday", [], undrawn(["p ward round"]));
  return door;
}

/** Ada's link to Bo, and what her device answers when it is there. */
function invited(door: PretendDoor): { uri: string; letIn: () => void; refuse: (say: string) => void } {
  const { uri, notebook, sent } = door.sharing.link("Flood rota", "writer", "Ada");
  const joined: Joined = { notebook_id: notebook, role: "writer", title: "Flood rota", pages: 1, words: ["otter", "lantern", "maple", "drum"], host: "Ada", host_id: "ada" };
  return {
    uri,
    letIn: () => {
      sent.answer = () => {
        door.page(notebook, "Night cover", ["Ada"], undrawn(["p Gwen has the keys"]));
        return joined;
      };
    },
    refuse: (say) => {
      sent.answer = () => {
        throw new Fault("refused", say, "en");
      };
    },
  };
}

async function paste(door: PretendDoor, text: string): Promise<void> {
  openWindow(door);
  await screen.findByText("ward round");
  await press("Join a notebook");
  await fill("Invitation link", text);
  await press("Read the invitation");
}

const dialog = () => screen.findByRole("dialog");

test("Bo pastes Ada's link, reads what it is, joins, and has her page before him with the words to compare", async () => {
  const door = bos();
  const { uri, letIn } = invited(door);
  letIn();
  await paste(door, `Dear Bo, here it is: ${uri} See you, Ada`);
  expect(await screen.findByText("Ada invites you to “Flood rota”, as a writer.")).toBeTruthy();
  expect(door.asked).not.toContain("join");
  await press("Join");
  expect(await screen.findByText("Gwen has the keys")).toBeTruthy();
  expect(screen.getByText(/You joined “Flood rota” as a writer. Ada let you in./)).toBeTruthy();
  expect(screen.getByText("otter lantern maple drum")).toBeTruthy();
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
});

test("Bo opens the invitation from a file", async () => {
  const door = bos();
  const { uri } = invited(door);
  openWindow(door);
  await screen.findByText("ward round");
  await press("Join a notebook");
  const input = await screen.findByLabelText<HTMLInputElement>("Open an invitation file", { selector: "input" });
  Object.defineProperty(input, "files", { value: [new File([`${uri}\n`], "Flood rota.hedgerow-invitation")], configurable: true });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  expect(await screen.findByText("Ada invites you to “Flood rota”, as a writer.")).toBeTruthy();
});

test("a file that is dropped and far too large is no invitation", async () => {
  const door = bos();
  openWindow(door);
  await screen.findByText("ward round");
  await press("Join a notebook");
  const ground = await screen.findByRole("group", { name: "Open an invitation file" });
  const drop = new Event("drop", { bubbles: true, cancelable: true });
  Object.assign(drop, { dataTransfer: { files: [new File(["x".repeat(100_000)], "film.mp4")] } });
  ground.dispatchEvent(drop);
  expect(await screen.findByText(/This file is too large to be an invitation/)).toBeTruthy();
});

test("Bo, who has no name yet, is asked for it before he meets the others", async () => {
  const door = bos(null);
  const { uri, letIn } = invited(door);
  letIn();
  await paste(door, uri);
  await press("Join");
  await fill("Your name", "Bo Lindqvist");
  expect(door.asked).not.toContain("join");
  (await within(await dialog()).findByRole("button", { name: "Join" })).click();
  expect(await screen.findByText("Gwen has the keys")).toBeTruthy();
  expect(door.identity.name).toBe("Bo Lindqvist");
});

test.each([
  ["damaged", "hedgerow://join/half", "this invitation link is damaged or incomplete; ask whoever sent it for it again"],
  ["no link at all", "see you on Monday", "this invitation link is damaged or incomplete; ask whoever sent it for it again"],
])("a link that is %s says so, and what to do", async (_, text, say) => {
  await paste(bos(), text);
  expect((await within(await dialog()).findByRole("alert")).textContent).toContain(say);
});

test.each(["this invitation has expired; ask for a new link", "this invitation has been withdrawn; ask for a new link", "this invitation has been used up; ask for a new link"])(
  "whoever is asked says: %s",
  async (say) => {
    const door = bos();
    const { uri, refuse } = invited(door);
    refuse(say);
    await paste(door, uri);
    await press("Join");
    expect((await within(await dialog()).findByRole("alert")).textContent).toContain(say);
    await press("Use another link");
    expect((await screen.findByLabelText<HTMLTextAreaElement>("Invitation link")).value).toBe("");
  },
);

test("a link to a notebook that Bo is in already opens it", async () => {
  const door = bos();
  const { uri, letIn } = invited(door);
  letIn();
  await paste(door, uri);
  await press("Join");
  await screen.findByText("Gwen has the keys");
  cleanup();

  openWindow(door);
  await screen.findByText("Gwen has the keys");
  await press("Join a notebook");
  await fill("Invitation link", uri);
  await press("Read the invitation");
  expect(await screen.findByText("You are in this notebook already.")).toBeTruthy();
  await press("Open the notebook");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  expect(door.asked.filter((name) => name === "join")).toHaveLength(1);
});

test("while nobody is reached Bo is told so, works on, and gives up", async () => {
  const door = bos();
  const { uri } = invited(door);
  await paste(door, uri);
  await press("Join");
  expect(await screen.findByText(/Nobody who can let you in has been reached yet/)).toBeTruthy();
  await press("Close");
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  expect(await screen.findByText("Still joining “Flood rota”.")).toBeTruthy();
  await press("Show");
  await press("Give up");
  await waitFor(() => { expect(screen.queryByText("Still joining “Flood rota”.")).toBeNull(); });
  expect(door.notebooks.map(({ title }) => title)).toEqual(["My notes"]);
});

describe("waiting", () => {
  /** Bo's joining, with pauses that end when the test says so. */
  async function waiting(): Promise<{ door: PretendDoor; work: Work; joining: Joining; link: ReturnType<typeof invited>; next: () => void; pauses: () => number }> {
    const door = bos();
    const link = invited(door);
    const work = new Work(door, { lastPage: null, pinned: [], recent: [], pageView: "list", openNotebooks: [] });
    await work.start();
    const resting: (() => void)[] = [];
    const joining = new Joining(work, () => new Promise((over) => resting.push(over)));
    joining.show();
    joining.text = link.uri;
    await joining.read();
    return { door, work, joining, link, next: () => resting.shift()?.(), pauses: () => resting.length };
  }

  test("it goes on until Ada's device is there", async () => {
    const { door, work, joining, link, next, pauses } = await waiting();
    const joined = joining.join();
    await waitFor(() => { expect(pauses()).toBe(1); });
    next();
    await waitFor(() => { expect(pauses()).toBe(1); });
    expect([joining.step, joining.late?.code]).toEqual(["waiting", "unreachable"]);
    link.letIn();
    next();
    await joined;
    expect([joining.isShown, work.notebook?.title]).toEqual([false, "Flood rota"]);
    expect(door.asked.filter((name) => name === "join")).toHaveLength(3);
  });

  test("given up between two tries, it does not try again", async () => {
    const { door, joining, link, next, pauses } = await waiting();
    const joined = joining.join();
    await waitFor(() => { expect(pauses()).toBe(1); });
    joining.giveUp();
    link.letIn();
    next();
    await joined;
    expect(door.notebooks.map(({ title }) => title)).toEqual(["My notes"]);
  });

  test("an answer that comes after it was given up leaves Bo where he is, and tells him", async () => {
    const { work, joining, link } = await waiting();
    link.letIn();
    const joined = joining.join();
    joining.giveUp();
    await joined;
    expect(work.notebook?.title).toBe("My notes");
    expect(work.news.all).toMatchObject([{ what: "joined", title: "Flood rota" }]);
  });
});

test("a link is found in what people paste, and a file's name is one that every system takes", () => {
  expect(linkIn("see <hedgerow://join/AbC-_9>.")).toBe("hedgerow://join/AbC-_9");
  expect(linkIn("  hello ")).toBe("hello");
  expect(fileName("Gwelyau'r gaeaf / Winter beds: 2027?", ENDING)).toBe("Gwelyaur gaeaf  Winter beds 2027.hedgerow-invitation");
  expect(fileName("///", ENDING)).toBe("Hedgerow.hedgerow-invitation");
});
