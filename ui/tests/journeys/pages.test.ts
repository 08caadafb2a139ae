/** A page's history, restored and undone, and a page deleted under somebody's hands: on real nodes, in two windows. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isClean } from "./axe";
import { body, browsers, reads } from "./browsers";
import { byKeyboard } from "./keyboard";

const { nightCover } = browsers();

/** Ada's window and Bo's on one page, which each has written a sentence on. */
async function together(): Promise<readonly [Page, Page]> {
  const { hers, his } = await nightCover();
  await reads(his, "Gwen has the keys.");
  await body(his).click();
  await his.keyboard.press("Control+End");
  await his.keyboard.type(" Sandbags are at the depot.");
  await reads(hers, "Sandbags are at the depot.");
  return [hers, his];
}

const lacks = (page: Page, text: string) => page.waitForFunction((gone) => !document.querySelector(".page-body")?.textContent?.includes(gone), text);

test("Ada sees who wrote what, goes back to how the page was, and undoes it; Bo sees both", async () => {
  const [hers, his] = await together();
  await hers.getByRole("button", { name: "Show who wrote what" }).click();
  const people = hers.getByRole("region", { name: "Who wrote what" });
  await people.getByRole("button", { name: "Bo" }).waitFor();
  await people.getByRole("button", { name: "Ada" }).waitFor();
  await hers.getByRole("button", { name: "Hide who wrote what" }).click();

  await hers.getByRole("button", { name: "Show the history" }).click();
  const history = hers.getByRole("complementary", { name: "History of the page" });
  await history.getByRole("button", { name: /Ada/u }).first().click();
  const before = hers.getByLabel("Text of the page as it was");
  await before.getByText("Gwen has the keys.").waitFor();
  expect(await before.textContent()).not.toContain("Sandbags");
  await isClean(hers, "a version");
  await hers.getByRole("button", { name: "Restore this version" }).click();
  await hers.getByRole("dialog").getByRole("button", { name: "Restore this version" }).click();
  await lacks(hers, "Sandbags");
  await lacks(his, "Sandbags");
  await hers.getByRole("button", { name: "Undo", exact: true }).click();
  await reads(hers, "Sandbags are at the depot.");
  await reads(his, "Sandbags are at the depot.");
  await isClean(hers, "restored, and undone");
});

test("Ada does the same by keyboard alone: she reads the history, compares, restores and undoes it", async () => {
  const [hers, his] = await together();
  await hers.reload();
  await reads(hers, "Sandbags are at the depot.");
  const button = (name: string | RegExp) => hers.getByRole("button", { name, exact: true });
  await byKeyboard(hers, async (keys) => {
    await keys.takes(button("Show the history"));
    const history = hers.getByRole("complementary", { name: "History of the page" });
    await keys.takes(history.getByRole("button", { name: /Ada/u }).first());
    await hers.getByLabel("Text of the page as it was").getByText("Gwen has the keys.").waitFor();
    const compare = hers.getByLabel("Compare with");
    await keys.goesTo(compare, "Shift+Tab");
    await keys.type("the page now");
    await hers.getByText(/words added/u).waitFor();
    await keys.takes(button("Next difference"));
    await hers.getByText(/Difference 1 of \d+\./u).waitFor();
    await keys.press("Alt+ArrowUp");
    await isClean(hers, "two versions compared");
    await keys.goesTo(button("Restore this version"), "Shift+Tab");
    await keys.press("Enter");
    const sheet = hers.getByRole("dialog", { name: "Restore the page as it was" });
    await keys.goesTo(sheet.getByRole("button", { name: "Restore this version" }));
    await isClean(hers, "before restoring");
    await keys.press("Enter");
    await lacks(hers, "Sandbags");
    await lacks(his, "Sandbags");
    await keys.goesTo(button("Undo"));
    await isClean(hers, "restored");
    await keys.press("Enter");
    await reads(his, "Sandbags are at the depot.");
    await reads(hers, "Sandbags are at the depot.");
    await keys.goesTo(body(hers));
    await keys.press("Control+End");
    await keys.type(" Thank you.");
    await reads(his, "Thank you.");
  });
});

test("a page that Ada deletes while Bo writes on it keeps his words, and he brings it back", async () => {
  const [hers, his] = await together();
  await hers.getByRole("button", { name: "More to do with this page" }).click();
  await hers.getByRole("menuitem", { name: "Delete the page" }).click();
  await hers.getByText("“Night cover” is deleted.").waitFor();
  await his.getByText("Ada deleted this page.").waitFor();
  await his.keyboard.type(" Ring before six.");
  await his.getByText("Saved on this device.").waitFor();
  await his.getByRole("button", { name: "Bring it back" }).click();
  await his.getByText("Ada deleted this page.").waitFor({ state: "detached" });
  await hers.getByRole("region", { name: "Pages" }).getByText("Night cover").click();
  await reads(hers, "Ring before six.");
});
