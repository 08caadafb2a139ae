/** Bo may read and not write; then he may, and is removed while he writes where nobody reaches him. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isClean } from "./axe";
import { body, browsers, reads, wording } from "./browsers";
import { byKeyboard } from "./keyboard";

const { nightCover, windowOn, forgive } = browsers();

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const isEditable = (page: Page, is: boolean) => page.waitForFunction((wanted) => document.querySelector(".page-body")?.getAttribute("contenteditable") === String(wanted), is);

test("Bo, who may read, is offered nothing that he may not do, with a mouse or without", async () => {
  const { hers, his } = await nightCover("reader");
  await his.getByText("You may read this page, not change it.").waitFor();
  await reads(his, "Gwen has the keys.");
  await isEditable(his, false);

  // He types all the same: nothing comes of it, here or with Ada.
  await body(his).click();
  await his.keyboard.type("Bo was here");
  await his.getByLabel("Title of the page").click();
  await his.keyboard.type("Bo was here");
  expect(await his.getByLabel("Title of the page").inputValue()).toBe("Night cover");
  expect(await wording(his)).toEqual(["Gwen has the keys."]);
  for (const name of ["New page", "Undo what I did", "Bold"]) expect(await button(his, name).count()).toBe(0);
  await button(his, "More to do with this page").click();
  expect(await his.getByRole("menuitem").allTextContents()).toEqual(["Pin the page"]);
  await his.keyboard.press("Escape");
  await isClean(his, "a page to be read");

  await his.reload();
  await isEditable(his, false);
  await byKeyboard(his, async (keys) => {
    await keys.takes(button(his, "Show the history"));
    const history = his.getByRole("complementary", { name: "History of the page" });
    await keys.takes(history.getByRole("button", { name: /Ada/u }).first());
    await his.getByLabel("Text of the page as it was").waitFor();
    expect(await button(his, "Restore this version").count()).toBe(0);
    await isClean(his, "a version to be read");
    await keys.goesTo(button(his, "Back to the page now"), "Shift+Tab");
    await keys.press("Enter");
    await keys.isAt(button(his, "Hide the history"));
    await keys.press("Enter");
    await keys.goesTo(button(his, "People"), "Shift+Tab");
    await keys.press("Enter");
    await his.getByText("Admins of this notebook invite people and change roles: ask one of them.").waitFor();
    expect(await button(his, "Invite somebody").count()).toBe(0);
    expect(await his.getByRole("button", { name: /^Change what/u }).count()).toBe(0);
    await isClean(his, "people, to a reader");
  });
  expect(await wording(hers)).toEqual(["Gwen has the keys."]);
});

test("Bo is removed while he is cut off and writes on: what he wrote stays with him, and reaches nobody", async () => {
  const { ada, bo, hers, his } = await nightCover();
  await reads(his, "Gwen has the keys.");
  await hers.getByText(/Bo has all of this notebook/u).waitFor();

  // His node does not know where Ada is, nor hers where his is.
  await hers.close();
  await ada.stops();
  await bo.stops();
  await bo.starts();
  await his.goto(bo.ready.http);
  await reads(his, "Gwen has the keys.");
  const { id } = await ada.does("notebook", "list");
  await ada.does("notebook", "remove-member", id ?? "", "Bo");
  await body(his).click();
  await his.keyboard.press("Control+End");
  await his.keyboard.type(" Sandbags went to the mill.");
  await his.getByText("Saved on this device.").waitFor();
  await his.getByText(/Ada had all of it \(\d\d:\d\d\), not what came after/u).waitFor();
  await ada.starts([bo]);

  // In the middle of it he is told, calmly, what he keeps; what he wrote is still there to read and to copy.
  await his.getByText("You are not in this notebook any more.").waitFor();
  await isEditable(his, false);
  await his.getByText("The page as you left it is kept in this window until you close it.").waitFor();
  await his.getByText("what you wrote after you were taken out does not reach the others").waitFor();
  await his.keyboard.type(" Can anybody hear me?");
  expect(await wording(his)).toEqual(["Gwen has the keys."]);
  expect(await button(his, "New page").count()).toBe(0);
  await isClean(his, "removed");

  await byKeyboard(his, async (keys) => {
    const kept = his.getByText("The page as you left it", { exact: true });
    await keys.goesTo(kept, "Shift+Tab");
    await keys.press("Enter");
    await his.getByText("Gwen has the keys. Sandbags went to the mill.").waitFor();
    await isClean(his, "what he wrote is kept");
    await keys.goesTo(his.getByRole("status").filter({ has: kept }).getByRole("button", { name: "Copy the text" }), "Shift+Tab");
    await keys.press("Enter");
    await his.getByText("Text copied.").waitFor();
    expect(await his.evaluate(() => navigator.clipboard.readText())).toContain("Sandbags went to the mill.");
  });
  // The window is not closed over it without a question.
  const asked = his.waitForEvent("dialog");
  const loaded = his.reload();
  expect((await asked).type()).toBe("beforeunload");
  await (await asked).accept();
  await loaded;
  await reads(his, "Gwen has the keys.");
  await his.getByText("You are not in this notebook any more.").waitFor();

  const after = await windowOn(ada);
  await reads(after, "Gwen has the keys.");
  await body(after).click();
  await after.keyboard.press("Control+End");
  await after.keyboard.type(" The code is 1914.");
  await after.getByText("Saved on this device.").waitFor();
  expect((await wording(after)).join()).not.toContain("mill");
  expect((await wording(his)).join()).not.toContain("1914");
  forgive();
});
