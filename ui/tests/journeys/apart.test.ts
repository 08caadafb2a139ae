/** Three people write on one page, are cut off from each other, write on, and meet again. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isClean } from "./axe";
import { begins, body, bringIn, browsers, reads, wording } from "./browsers";
import type { Device } from "./hedgerow";
import { byKeyboard } from "./keyboard";

const { device, windowOn, forgive } = browsers();

const standing = (page: Page) => page.locator("article").getByText("Saved on this device.").locator("..");

/** Waits until a window says who has what in just this way. */
async function says(page: Page, ...sentences: RegExp[]): Promise<void> {
  for (const sentence of sentences) await standing(page).getByText(sentence).waitFor();
}

/** Whether a window claims that somebody has all of it. */
const claims = async (page: Page) => ((await standing(page).textContent()) ?? "").includes("has all of this notebook");

/** Opens the window of a node that runs somewhere else now, on the same page. */
async function openAgain(page: Page, { ready }: Device): Promise<void> {
  await page.goto(ready.http);
  await page.getByLabel("Title of the page").waitFor();
  await body(page).waitFor();
}

async function writes(page: Page, keys: readonly string[], text: string): Promise<void> {
  await body(page).click();
  for (const key of keys) await page.keyboard.press(key);
  await page.keyboard.type(text);
}

test("Ada, Bo and Cai write on one page, are cut off and write on, and meet again with every word", async () => {
  const ada = await device("Ada");
  const [bo, cai] = [await device("Bo", [ada]), await device("Cai", [ada])];
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "Night cover");
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  await hers.getByText("Nobody else has it yet.").waitFor();
  await Promise.all([bringIn(ada, bo), bringIn(ada, cai)]);
  const [his, caiS] = await Promise.all([windowOn(bo), windowOn(cai)]);
  const windows = [hers, his, caiS] as const;
  for (const page of [his, caiS]) await page.getByText("Night cover").first().click();

  // Together: each sees the others write, and each window says who has it.
  await writes(his, ["Control+End"], " Sandbags are at the depot.");
  await reads(caiS, "Sandbags are at the depot.");
  await writes(caiS, ["Control+End", "Enter"], "The pump is on loan.");
  for (const page of windows) await reads(page, "The pump is on loan.");
  await says(hers, /Bo has all of this notebook/u, /Cai has all of this notebook/u);
  await says(his, /Ada has all of this notebook/u);
  await isClean(hers, "together");

  // Apart: nobody's node knows where the others' are now.
  for (const one of [ada, bo, cai]) await one.stops();
  for (const one of [ada, bo, cai]) await one.starts();
  await openAgain(hers, ada);
  await openAgain(his, bo);
  await openAgain(caiS, cai);
  await writes(hers, ["Control+Home"], "Tuesday: ");
  await writes(his, ["Control+Home", "End"], " The gate sticks.");
  await writes(caiS, ["Control+End"], " It comes back on Friday.");
  await says(hers, /Bo had all of it \(\d\d:\d\d\), not what came after\. Last seen \d\d:\d\d/u, /Cai had all of it \(\d\d:\d\d\), not what came after\. Last seen/u);
  await says(his, /Ada had all of it \(\d\d:\d\d\), not what came after\. Last seen/u);
  await says(caiS, /Ada had all of it \(\d\d:\d\d\), not what came after\. Last seen/u);
  for (const page of windows) expect(await claims(page)).toBe(false);
  expect((await wording(hers)).join()).not.toContain("gate");
  await isClean(his, "apart");

  // By keyboard alone Bo looks at what is waiting, and comes back to his text.
  await byKeyboard(his, async (keys) => {
    await keys.isAt(body(his));
    await keys.press("Escape");
    const waiting = his.locator("article").getByRole("button", { name: "What is waiting" });
    await keys.goesTo(waiting, "Shift+Tab");
    await keys.press("Enter");
    const sheet = his.getByRole("dialog", { name: "What is waiting" });
    await sheet.getByText("Nobody of this notebook is connected to this device at the moment.").waitFor();
    await sheet.getByText("Whom it has not reached whole").waitFor();
    await isClean(his, "what is waiting");
    await keys.press("Escape");
    await keys.isAt(waiting);
    await keys.goesTo(body(his));
    await keys.press("Control+End");
    await keys.type(" Bring a torch.");
    await says(his, /Saved on this device\./u);
  });

  // Together again, through Ada: every word, once, on all three, and the windows say so only now.
  for (const one of [bo, cai]) await one.stops();
  for (const one of [bo, cai]) await one.starts([ada]);
  await openAgain(his, bo);
  await openAgain(caiS, cai);
  const sentences = ["Tuesday: Gwen has the keys.", "Sandbags are at the depot.", "The gate sticks.", "The pump is on loan.", "It comes back on Friday.", "Bring a torch."];
  for (const page of windows) for (const sentence of sentences) await expect.poll(() => wording(page).then((lines) => lines.join("\n")), { timeout: 30_000 }).toContain(sentence);
  const [one, other, third] = await Promise.all(windows.map(wording));
  expect(other).toEqual(one);
  expect(third).toEqual(one);
  for (const sentence of sentences) expect(one?.join("\n").split(sentence)).toHaveLength(2);
  await says(hers, /Bo has all of this notebook/u, /Cai has all of this notebook/u);
  await says(his, /Ada has all of this notebook/u);
  await says(caiS, /Ada has all of this notebook/u);
  await isClean(caiS, "met again");
  for (const page of windows) expect((await page.locator("body").innerText()).toLowerCase()).not.toContain("synced");
  // The windows lost their nodes for a while.
  forgive();
});
