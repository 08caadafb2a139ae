/** What does not fit on a small screen. */

import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Nothing is cut off, and nothing needs scrolling sideways; `state` is what is on the screen. */
export async function fits(page: Page, state: string): Promise<void> {
  const { width } = page.viewportSize() ?? { width: 0 };
  const wrong = await page.evaluate(() => {
    const named = (one: Element) => `${one.localName}.${one.className} “${(one.textContent ?? "").trim().slice(0, 40)}”`;
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push("the window is wider than the screen");
    for (const one of document.querySelectorAll("body *")) {
      if (one.closest(".spoken, svg") !== null || !one.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const hidesAcross = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
      const hidesBelow = style.overflowY === "hidden" && one.scrollHeight > one.clientHeight + 1 && style.webkitLineClamp === "none";
      if (hidesAcross || hidesBelow) found.push(`cut off: ${named(one)}`);
      const hasWords = Array.from(one.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "");
      if (hasWords && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)) found.push(`beyond the edge: ${named(one)}`);
    }
    return found;
  });
  expect(wrong, `${state}, ${width} wide`).toEqual([]);
}
