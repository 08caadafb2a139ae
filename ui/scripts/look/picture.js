// Goes to a state and draws it, by day and by night, and says what is wrong with it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { drawn } from "./steps.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ALL = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** By night nothing but colours is another than by day. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
/** A state that has not come after so long, in milliseconds, does not come. */
const LONGEST = 20_000;

export async function look(browser, url, folder, { name, state, size, viewport, language, themes }, tally) {
  const isTouched = viewport.width < 500;
  const context = await browser.newContext({ viewport, reducedMotion: "reduce", hasTouch: isTouched, isMobile: isTouched, bypassCSP: true, locale: "en-GB" });
  const page = await context.newPage();
  page.setDefaultTimeout(LONGEST);
  const called = (theme) => [name, size, theme, language].join("-");
  const complain = (text) => { tally.wrong("the browser's console", called(themes[0]), text); };
  page.on("pageerror", (error) => { complain(String(error)); });
  page.on("console", (message) => { if (message.type() === "error") complain(message.text()); });
  await page.addInitScript((chosen) => { localStorage.setItem("locale", chosen); }, language);
  try {
    await page.goto(url + (state.query ?? ""));
    await page.waitForSelector("nav");
    await state.go(page);
    await page.evaluate(() => document.fonts.ready);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await drawn(page);
      await page.screenshot({ path: join(folder, `${called(colorScheme)}.png`) });
      tally.drew();
      for (const { rule, text } of await wrongWith(page, colorScheme === themes[0] ? ALL : COLOURS)) tally.wrong(rule, called(colorScheme), text);
    }
  } catch (problem) {
    tally.wrong("not reached", called(themes[0]), String(problem).split("\n")[0]);
  }
  await context.close();
}

async function wrongWith(page, rules) {
  const [wide, cut] = await Promise.all([page.evaluate(() => document.documentElement.scrollWidth > innerWidth), page.evaluate(cutOff)]);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run({ runOnly, resultTypes: ["violations"], preload: false }), rules);
  return [
    ...(wide ? [{ rule: "wider than the screen", text: "" }] : []),
    ...cut.map((text) => ({ rule: "cut off", text })),
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => ({ rule: id, text: `${target} ${failureSummary?.split("\n")[1]?.trim() ?? ""}` }))),
  ];
}

/** In the page: text that is wider than what hides the rest of it. */
function cutOff() {
  const hides = (element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX) && !element.closest(".spoken, svg, [hidden]");
  const found = [...document.querySelectorAll("body *")].filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && hides(element));
  return found.map((element) => `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 60)}`);
}
