/**
 * Ada composes characters, as with a dead key for ŵ or a keyboard that offers words, while Bo writes in the same line.
 * Nothing of his is shown in the middle of it, and nothing of either is lost or there twice.
 */

import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { begins, body, bringIn, browsers, reads, wording } from "./browsers";

const { device, windowOn } = browsers();

/** Ada and Bo have one page open, of one line. */
async function together(line: string): Promise<{ hers: Page; his: Page; keyboard: CDPSession }> {
  const ada = await device("Ada");
  const bo = await device("Bo", [ada]);
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "Night cover");
  await hers.keyboard.type(line);
  await hers.getByText("Saved on this device.").waitFor();
  await bringIn(ada, bo);
  const his = await windowOn(bo);
  await his.getByText("Night cover").first().click();
  await reads(his, line);
  await body(his).click();
  const keyboard = await hers.context().newCDPSession(hers);
  await keyboard.send("Network.enable");
  return { hers, his, keyboard };
}

/** What has been composed so far stands there, underlined, with the caret behind it. */
const composes = (keyboard: CDPSession, text: string) => keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });

/** It is composed. */
const settles = (keyboard: CDPSession, text: string) => keyboard.send("Input.insertText", { text });

/** Somebody's changes come to this window, which need not show them yet. */
const changesCome = (keyboard: CDPSession) => new Promise<void>((come) => {
  keyboard.on("Network.webSocketFrameReceived", ({ response }) => { if (response.payloadData.includes('"changes":["')) come(); });
});

/** What the line reads. */
const line = async (page: Page) => (await wording(page))[0];

/** Each of them reads this line in the end. */
async function read(pages: readonly Page[], text: string): Promise<void> {
  for (const page of pages) await expect.poll(() => line(page), { timeout: 30_000 }).toBe(text);
}

test("Ada composes ŵ in a word while Bo writes before and behind it", async () => {
  const { hers, his, keyboard } = await together("dr yw hwn");
  await hers.keyboard.press("Home");
  await hers.keyboard.press("ArrowRight");

  await composes(keyboard, "^");
  const come = changesCome(keyboard);
  await his.keyboard.press("Home");
  await his.keyboard.type("oer: ");
  await his.keyboard.press("End");
  await his.keyboard.type(" i Bo");
  await come;
  expect(await line(hers), "nothing moves under what is composed").toContain("d^r yw hwn");
  await settles(keyboard, "ŵ");
  await read([hers, his], "oer: dŵr yw hwn i Bo");

  await hers.keyboard.type("x");
  await read([hers, his], "oer: dŵxr yw hwn i Bo");
});

test("a word that grows while it is composed, beside what Bo types at the same place, is there once", async () => {
  const { hers, his, keyboard } = await together("Mae'r ");
  await hers.keyboard.press("End");
  await his.keyboard.press("End");
  const come = changesCome(keyboard);
  for (const part of ["t", "tŷ", "tŷ ", "tŷ b"]) {
    await composes(keyboard, part);
    await his.keyboard.type("z");
  }
  await come;
  await settles(keyboard, "tŷ bach");
  await hers.keyboard.type("!");
  await expect.poll(async () => (await line(hers))?.replaceAll(/[^z]/g, ""), { timeout: 30_000 }).toBe("zzzz");
  const text = (await line(hers)) ?? "";
  expect(text).toContain("tŷ bach!");
  expect(text.replaceAll("z", "")).toBe("Mae'r tŷ bach!");
  await read([his], text);
});

test("what Ada gives up composing leaves nothing, and what Bo wrote meanwhile is there", async () => {
  const { hers, his, keyboard } = await together("nos da");
  await hers.keyboard.press("End");
  await composes(keyboard, "^");
  const come = changesCome(keyboard);
  await his.keyboard.press("Home");
  await his.keyboard.type("o'r diwedd, ");
  await come;
  await composes(keyboard, "");
  await read([hers, his], "o'r diwedd, nos da");
  await hers.keyboard.type(".");
  await read([hers, his], "o'r diwedd, nos da.");
});
