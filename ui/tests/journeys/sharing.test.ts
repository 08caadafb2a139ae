/** Ada shares a notebook with Bo through their windows, changes what he may do, and removes him. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { body, browsers, reads } from "./browsers";

const { device, windowOn, forgive } = browsers();

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const isFocused = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

/** Ada makes a link for one writer; what she copies. */
async function invites(hers: Page): Promise<string> {
  await button(hers, "People").click();
  await button(hers, "Invite somebody").click();
  await button(hers, "Make the invitation").click();
  await button(hers, "Copy the link").click();
  await hers.getByText("Link copied.").waitFor();
  const link = await hers.evaluate(() => navigator.clipboard.readText());
  await button(hers, "Close").click();
  return link;
}

async function pastes(his: Page, link: string): Promise<void> {
  await button(his, "Join a notebook").click();
  await his.getByLabel("Invitation link").fill(link);
  await button(his, "Read the invitation").click();
}

test("whoever opens the app for the first time writes at once, in one notebook, and finds it again", async () => {
  const ada = await device(null);
  const hers = await windowOn(ada);
  await isFocused(hers, ".page-body");
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  const other = await hers.context().newPage();
  await other.goto(ada.ready.http);
  await reads(other, "Gwen has the keys.");
  await hers.reload();
  await reads(hers, "Gwen has the keys.");
  await hers.getByRole("button", { name: "Notebook: My notes" }).waitFor();
  expect((await ada.does("notebook", "list"))["title"]).toBe("My notes");
});

test("Ada invites Bo through her window; he reads what it is, joins and sees the page; she changes his role and removes him", async () => {
  const [ada, bo] = [await device("Ada"), await device(null)];
  const [hers, his] = [await windowOn(ada), await windowOn(bo)];
  await isFocused(hers, ".page-body");
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  await body(his).waitFor();

  const link = await invites(hers);
  await pastes(his, link);
  await his.getByText("Ada invites you to “My notes”, as a writer.").waitFor();
  await button(his, "Join").click();
  await his.getByLabel("Your name").fill("Bo Lindqvist");
  await his.getByLabel("Organisation (optional)").fill("NHS trust");
  await button(his, "Join").click();
  await reads(his, "Gwen has the keys.");
  await his.getByText("You joined “My notes” as a writer. Ada let you in.").waitFor();
  await hers.getByText("Bo Lindqvist joined “My notes”.").waitFor();
  const words = (page: Page) => page.locator(".above strong").textContent();
  expect((await words(his))?.split(" ")).toHaveLength(4);
  expect(await words(hers)).toBe(await words(his));
  await button(hers, "Put away").click();

  await body(his).click();
  await his.keyboard.press("Control+End");
  await his.keyboard.type(" I take Tuesday.");
  await button(hers, "Pages").click();
  await reads(hers, "I take Tuesday.");

  await button(hers, "People").click();
  await hers.getByText("NHS trust").waitFor();
  await hers.getByText("Joined by it: Bo Lindqvist").waitFor({ state: "attached" });
  await button(hers, "Change what Bo Lindqvist may do").click();
  await hers.getByRole("radio", { name: "Reader" }).check();
  await button(hers, "Save the role").click();
  await his.getByText("You may read this page, not change it.").waitFor();
  await his.waitForFunction(() => document.querySelector(".page-body")?.getAttribute("contenteditable") === "false");

  await button(hers, "Change what Bo Lindqvist may do").click();
  await button(hers, "Remove from the notebook").click();
  await hers.getByText("Bo Lindqvist keeps the copies they have: nobody can take those back.").waitFor();
  await button(hers, "Remove Bo Lindqvist").click();
  await his.getByText("You are not in this notebook any more.").waitFor();
  expect(await body(his).textContent()).toContain("Gwen has the keys.");

  // What she writes from now on is hers.
  await button(hers, "Pages").click();
  await body(hers).click();
  await hers.keyboard.press("Control+End");
  await hers.keyboard.type(" The code is 1914.");
  await hers.getByText("Saved on this device.").waitFor();
  await his.reload();
  await reads(his, "Gwen has the keys.");
  expect(await body(his).textContent()).not.toContain("1914");
});

test("a link that Ada has closed lets nobody in, and says so; one whose host is away is waited for", async () => {
  const [ada, bo] = [await device("Ada"), await device("Bo")];
  const [hers, his] = [await windowOn(ada), await windowOn(bo)];
  await body(his).waitFor();
  const closed = await invites(hers);
  await button(hers, "Close the invitation").click();
  await hers.getByRole("dialog").getByRole("button", { name: "Close the invitation" }).click();
  await hers.getByText("None is open at the moment.").waitFor();
  await pastes(his, closed);
  await button(his, "Join").click();
  await his.getByRole("alert").getByText("ask for a new link").waitFor();
  await button(his, "Cancel").click();

  const open = await invites(hers);
  await ada.stops();
  await pastes(his, open);
  await button(his, "Join").click();
  await his.getByText("Nobody who can let you in has been reached yet").waitFor();
  await button(his, "Close").click();
  await button(his, "Capture").click();
  await his.getByLabel("What is on your mind?").fill("ring Ada");
  await button(his, "Save the note").click();
  await his.getByText("Saved on this device, in your inbox.").waitFor();
  await button(his, "Show").click();
  await button(his, "Give up").click();
  await his.getByText("Still joining").waitFor({ state: "detached" });
  // Her window lost its node.
  forgive();
});
