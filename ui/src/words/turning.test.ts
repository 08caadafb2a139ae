/** Names and titles that would turn a sentence round. */

import { expect, test } from "vitest";
import { Conversation } from "../door/conversation";
import { toldAddress } from "../editor/links";
import { turningIn, unturned } from "./turning";

const OVERRIDE = "\u202e";

test("a title is told without what turns text round; letters from right to left and their marks stay", () => {
  expect(unturned(`invoice${OVERRIDE}fdp.exe`)).toBe("invoicefdp.exe");
  expect(unturned("שלום\u200f!")).toBe("שלום\u200f!");
  expect(turningIn(`a${OVERRIDE}b\u2066c`, 5)).toEqual([1, 3]);
  expect(turningIn(OVERRIDE.repeat(9), 2)).toEqual([0, 1]);
});

test("what a node tells comes so through the door, but for what somebody wrote on a page", async () => {
  const conversation = new Conversation();
  const told = conversation.ask("show_page", { page: "p", at: null }, () => undefined);
  conversation.hear(JSON.stringify({ id: 1, done: { body: { title: `a${OVERRIDE}b`, blocks: [{ text: `c${OVERRIDE}d` }] } } }));
  expect(await told).toEqual({ title: "ab", blocks: [{ text: `c${OVERRIDE}d` }] });
});

test("an address is told with what hides in it written out", () => {
  expect(toldAddress(`https://example.org/${OVERRIDE}gpj.exe`)).toBe("https://example.org/%E2%80%AEgpj.exe");
});
