/** A person who has a keyboard and nothing else, and looks where the focus is. */

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** So many stops from one thing to another, at most. */
const STOPS = 90;

/** What somebody with a keyboard can do, and no more. */
export class Keyboard {
  constructor(private readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Goes on by Tab, or back by Shift and Tab, until it is there; at each stop one sees where one is, in an order that reads. */
  async goesTo(wanted: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await wanted.waitFor();
    const passed: string[] = [];
    for (let stop = 0; stop < STOPS; stop += 1) {
      await this.page.keyboard.press(key);
      const { isThere, name, wrong } = await wanted.evaluate(stopAt, key === "Tab");
      passed.push(name);
      expect(wrong, passed.join(" > ")).toEqual([]);
      if (isThere) return;
    }
    throw new Error(`not reached with ${key}: ${passed.join(" > ")}`);
  }

  /** Goes there, and does what it is for. */
  async takes(wanted: Locator, key = "Enter"): Promise<void> {
    await this.goesTo(wanted);
    await this.press(key);
  }

  /** The focus is there now, without having been sent. */
  async isAt(wanted: Locator): Promise<void> {
    await wanted.waitFor();
    await expect.poll(() => wanted.evaluate((one) => one === document.activeElement || one.contains(document.activeElement))).toBe(true);
  }
}

/** A stretch of a journey by keyboard alone: no pointer is used in it. */
export async function byKeyboard(page: Page, does: (keyboard: Keyboard) => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    const told = globalThis as unknown as { pointed?: number; stoppedAt?: Element };
    told.pointed = 0;
    delete told.stoppedAt;
    for (const name of ["pointerdown", "mousedown", "touchstart"]) addEventListener(name, () => (told.pointed = (told.pointed ?? 0) + 1), true);
  });
  await does(new Keyboard(page));
  expect(await page.evaluate(() => (globalThis as { pointed?: number }).pointed)).toBe(0);
}

/** Where the focus is, in the window itself: whether that is what was wanted, and what is wrong with stopping there. */
function stopAt(wanted: Element, isForward: boolean): { isThere: boolean; name: string; wrong: string[] } {
  const told = globalThis as unknown as { stoppedAt?: Element };
  const [at, before] = [document.activeElement ?? document.body, told.stoppedAt];
  told.stoppedAt = at;
  const name = (at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 30) || at.localName;
  // Between the end of the window and its beginning the focus is the browser's.
  if (at === document.body) return { isThere: false, name, wrong: [] };
  const box = at.getBoundingClientRect();
  const [x, y] = [Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1)];
  const style = getComputedStyle(at);
  const isOutlined = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  const hasCaret = at.matches("[contenteditable=true], textarea:not([readonly]), input:not([type=radio], [type=checkbox])");
  const over = document.elementFromPoint(x, y);
  const wrong: string[] = [];
  if (!isOutlined && !hasCaret && style.boxShadow === "none") wrong.push(`${name}: one does not see that the focus is there`);
  if (box.width === 0 || box.height === 0 || box.bottom <= 0 || box.top >= innerHeight) wrong.push(`${name}: it is out of sight`);
  else if (over !== null && !at.contains(over) && !over.contains(at)) wrong.push(`${name}: ${over.localName}.${over.className} lies over it`);
  const dialog = document.querySelector("[role=dialog]");
  if (dialog !== null && !dialog.contains(at)) wrong.push(`${name}: it is behind the sheet`);
  const region = (one: Element) => one.closest("nav, section, article, aside, [role=dialog]");
  const isNext = before?.isConnected === true && region(before) === region(at) && (before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING) > 0 === isForward;
  if (before !== undefined && isNext) {
    const [first, second] = isForward ? [before.getBoundingClientRect(), box] : [box, before.getBoundingClientRect()];
    if (second.bottom <= first.top) wrong.push(`${name}: it comes after what is below it`);
  }
  return { isThere: at === wanted, name, wrong };
}
