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

/** Somebody who looks: what a browser has loaded once it has not to load again for them. */
export class Looker {
  contexts = new Map();

  constructor(browser, url, folder, tally) {
    Object.assign(this, { browser, url, folder, tally });
  }

  async look({ name, state, language, draws }) {
    const [{ viewport }] = draws;
    const called = ({ size, theme }) => [name, size, theme, language].join("-");
    const page = await (await this.contextFor(viewport.width < 500)).newPage();
    const complain = (text) => { this.tally.wrong("the browser's console", called(draws[0]), text); };
    page.setDefaultTimeout(LONGEST);
    page.on("pageerror", (error) => { complain(String(error)); });
    page.on("console", (message) => { if (message.type() === "error") complain(message.text()); });
    try {
      await page.setViewportSize(viewport);
      await page.addInitScript((chosen) => { localStorage.clear(); localStorage.setItem("locale", chosen); }, language);
      await page.goto(this.url + (state.query ?? ""));
      await page.waitForSelector("nav");
      await state.go(page);
      await page.evaluate(() => document.fonts.ready);
      for (const draw of draws) await this.draw(page, called(draw), draw, draw === draws[0] || draw.viewport !== viewport);
    } catch (problem) {
      this.tally.wrong("not reached", called(draws[0]), String(problem).split("\n")[0]);
    }
    await page.close();
  }

  async draw(page, picture, { viewport, theme }, isAnew) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: theme });
    await drawn(page);
    await page.screenshot({ path: join(this.folder, `${picture}.png`) });
    this.tally.drew();
    for (const { rule, text } of await wrongWith(page, isAnew ? ALL : COLOURS)) this.tally.wrong(rule, picture, text);
  }

  async contextFor(isTouched) {
    const known = this.contexts.get(isTouched);
    const context = known ?? (await this.browser.newContext({ reducedMotion: "reduce", hasTouch: isTouched, isMobile: isTouched, bypassCSP: true, locale: "en-GB" }));
    this.contexts.set(isTouched, context);
    return context;
  }
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
