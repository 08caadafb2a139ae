// Looks at the app's window on a pretend node: pictures of each screen in `screenshots`, on a phone and a desk, by day and
// by night, in English and Welsh, and what axe finds wrong with each. `npm run look [parts of names]`.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const only = process.argv.slice(2);
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 }, small: { width: 320, height: 640 } };
/** What is looked at: the preview's query, and how one gets there from where the window opens. */
const SCREENS = {
  list: { go: toList, narrow: true },
  // The keyboard is on the last of 2,000 lines.
  long: {
    query: "?long",
    go: async (page) => {
      await toList(page);
      await page.locator(".list [role=listitem] button").first().focus();
      await page.keyboard.press("End");
      await page.waitForFunction(() => document.activeElement?.closest("[role=listitem]")?.getAttribute("aria-posinset") === "2004");
      await drawn(page);
    },
  },
  page: { go: openRota },
  menu: {
    go: async (page) => {
      await openRota(page);
      // By keyboard from the title, so that the caret is in the text at once.
      await page.focus("h1 textarea");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.type("/");
      await page.waitForSelector("[role=listbox]");
    },
    narrow: true,
  },
  pagemenu: {
    go: async (page) => {
      await openRota(page);
      await page.locator(".top .more button").click();
      await page.waitForSelector("[role=menu]");
    },
    narrow: true,
  },
  about: { go: toAbout, narrow: true },
  aboutread: {
    go: async (page) => {
      await openRota(page);
      await page.evaluate(() => { globalThis.door.sharing.has(globalThis.door.notebooks[0].id, { person_id: "ada", role: "reader" }); globalThis.door.say({ notice: "missed" }); });
      await page.waitForFunction(() => document.querySelector(".tools") === null);
      await toAbout(page);
    },
  },
  move: {
    go: async (page) => {
      await takeFrom(page, ".top .more button", 1);
      await page.waitForSelector(".sheet");
    },
  },
  deleted: { go: deleteRota, narrow: true },
  deletedpages: {
    go: async (page) => {
      await deleteRota(page);
      await takeFrom(page, ".head [aria-haspopup=menu]", "last");
      await page.waitForSelector(".sheet ul");
    },
    narrow: true,
  },
  deletedbyother: {
    go: async (page) => {
      await openRota(page);
      await page.evaluate(() => { globalThis.door.onPages.marked(globalThis.door.pages.find(({ line }) => line.title.startsWith("Night")).line.id, true, "Bo"); });
      await page.waitForSelector(".note");
    },
    narrow: true,
  },
  authors: {
    go: async (page) => {
      await openRota(page);
      await page.click("button:has(.lucide-user-round-pen)");
      await page.waitForSelector(".authors li");
      // Bo's first piece is pointed out.
      for (let times = 0; times < 2; times += 1) await page.locator(".authors .do button").nth(1).click();
    },
    narrow: true,
  },
  history: {
    go: async (page) => {
      await toHistory(page);
      await page.locator(".history .more").first().click();
    },
    narrow: true,
  },
  version: { go: toVersion, narrow: true },
  difference: {
    go: async (page) => {
      await toVersion(page);
      await page.selectOption(".sheet-of-paper select", "now");
      await page.waitForSelector("ins");
      await page.locator(".bar button").nth(1).click();
    },
    narrow: true,
  },
  differencepick: {
    go: async (page) => {
      await toVersion(page);
      await page.selectOption(".sheet-of-paper select", "other");
      await page.waitForSelector(".history .entry");
    },
    narrow: true,
  },
  restore: {
    go: async (page) => {
      await toVersion(page);
      await page.locator(".about button:not(.quiet)", { hasText: /Restore|Adfer/ }).click();
      await page.waitForSelector(".sheet form button:not([disabled])");
    },
    narrow: true,
  },
  restored: {
    go: async (page) => {
      await toVersion(page);
      await page.locator(".about button", { hasText: /Restore|Adfer/ }).click();
      await page.locator(".sheet form button:not([disabled])").click();
      await page.waitForSelector(".note");
    },
    narrow: true,
  },
  versiongone: {
    go: async (page) => {
      await toHistory(page);
      await page.evaluate(() => { globalThis.fails("show_page", "the page could not be read; try again"); });
      await page.locator(".history .entry").nth(1).click();
      await page.waitForSelector(".sheet-of-paper [role=alert]");
    },
  },
  capture: { go: (page) => page.click("nav li.capture button") },
  file: {
    go: async (page) => {
      await page.click("nav li.capture button");
      await page.locator("section li button").first().click();
      await page.waitForSelector(".sheet [role=list]");
    },
  },
  people: { go: toPeople, narrow: true },
  peopleend: {
    go: async (page) => {
      await toPeople(page);
      await page.locator("details summary").click();
      await page.locator(".screen").evaluate((screen) => { screen.scrollTop = screen.scrollHeight; });
    },
    narrow: true,
  },
  removed: {
    go: async (page) => {
      await toPeople(page);
      await page.evaluate(() => { globalThis.door.removed(globalThis.door.notebooks[0].id); });
      await page.waitForSelector(".screen [role=status] p");
    },
    narrow: true,
  },
  admitted: {
    go: async (page) => {
      await openRota(page);
      await page.evaluate(() => {
        const notebook = globalThis.door.notebooks[0].id;
        globalThis.door.say({ notice: "admitted", notebook_id: notebook, person: "Eira", person_id: "eira", words: ["otter", "lantern", "maple", "drum"] });
      });
      await page.waitForSelector(".above .line");
    },
    narrow: true,
  },
  member: { go: toMember, narrow: true },
  remove: {
    go: async (page) => {
      await toMember(page);
      await page.click(".sheet .more .danger");
    },
    narrow: true,
  },
  handover: {
    go: async (page) => {
      await toMember(page);
      await page.click(".sheet .more button:not(.danger)");
    },
  },
  invite: { go: toInvite, narrow: true },
  invitewrong: {
    go: async (page) => {
      await toInvite(page);
      await page.fill(".sheet input[inputmode=numeric]", "0");
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
  introduce: {
    query: "?unnamed",
    go: async (page) => {
      await toInvite(page);
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet [role=alert]");
    },
    narrow: true,
  },
  invited: {
    go: async (page) => {
      await toInvite(page);
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet svg[role=img]");
      await page.click(".sheet .row button");
    },
    narrow: true,
  },
  join: { go: toJoin, narrow: true },
  joindamaged: {
    go: async (page) => {
      await toJoin(page);
      await page.fill(".sheet textarea", "hedgerow://join/half");
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
  joinread: { go: (page) => toPreview(page, "away"), narrow: true },
  joinover: {
    go: async (page) => {
      await toPreview(page, "over");
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
  joinwaits: {
    go: async (page) => {
      await toPreview(page, "away");
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet .waits");
      // After the first try.
      await page.waitForFunction(() => globalThis.door.asked.includes("join"));
    },
    narrow: true,
  },
  settings: {
    go: async (page) => {
      await toList(page);
      await page.locator("button:has(.lucide-settings-2):visible").first().click();
    },
  },
  waiting: {
    go: async (page) => {
      await openRota(page);
      await page.locator("article div > [role=status] + button").click();
      await page.waitForSelector(".sheet section ul");
    },
    narrow: true,
  },
  goto: {
    go: async (page) => {
      await pinOne(page);
      await page.keyboard.press("Control+k");
      await page.waitForSelector(".sheet [role=option]");
    },
    narrow: true,
  },
  gotofound: {
    go: async (page) => {
      await openRota(page);
      await page.keyboard.press("Control+k");
      await page.fill(".sheet [role=combobox]", "fl");
      await page.waitForSelector(".sheet [role=option]");
    },
    narrow: true,
  },
  pinned: {
    go: async (page) => {
      await pinOne(page);
      const back = page.locator("button:has(.lucide-chevron-left):visible");
      if (await back.count() > 0) await back.click();
    },
    narrow: true,
  },
  shortcuts: { go: toShortcuts, narrow: true },
  shortcutsend: {
    go: async (page) => {
      await toShortcuts(page);
      await page.locator(".sheet").evaluate((sheet) => { sheet.scrollTop = sheet.scrollHeight; });
    },
  },
  first: { query: "?empty", go: openRota, narrow: true },
};

async function openRota(page) {
  await page.waitForSelector(".page-body");
}

/** From the page to the list, where only one of them is on the screen. */
async function toList(page) {
  await openRota(page);
  const back = page.locator("button:has(.lucide-chevron-left):visible");
  if (await back.count() > 0) await back.click();
  await page.waitForSelector(".list [role=list]");
}

/** Takes something from a menu, by its place in it. */
async function takeFrom(page, button, which) {
  await page.locator(button).click();
  const items = page.locator("[role=menuitem]");
  await (which === "last" ? items.last() : items.nth(which)).click();
}

async function toAbout(page) {
  await toList(page);
  await takeFrom(page, ".head [aria-haspopup=menu]", 0);
  await page.waitForSelector(".sheet");
}

/** A page of another notebook is pinned, others were opened, and the rota is open again. */
async function pinOne(page) {
  await openRota(page);
  for (const [key, title] of [["refl", "reflection"], ["stopped", "stopped"], ["disch", "Discharge"], ["rota for", "Night rota"]]) {
    await page.keyboard.press("Control+k");
    await page.fill(".sheet [role=combobox]", key);
    await page.waitForSelector(".sheet [role=option]");
    await page.keyboard.press("Enter");
    await page.waitForFunction((part) => document.querySelector("h1 textarea")?.value.includes(part) && document.querySelector(".sheet") === null, title);
    if (key === "disch") await takeFrom(page, ".top .more button", 0);
  }
  await drawn(page);
}

/** What changed last has been drawn. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function toShortcuts(page) {
  await openRota(page);
  await page.keyboard.press("Control+/");
  await page.waitForSelector(".sheet dl");
}

async function deleteRota(page) {
  await openRota(page);
  await takeFrom(page, ".top .more button", "last");
  await page.waitForSelector(".above .line");
}

async function toHistory(page) {
  await openRota(page);
  await page.click("button:has(.lucide-history)");
  await page.waitForSelector(".history .entry");
}

/** The page as Bo left it. */
async function toVersion(page) {
  await toHistory(page);
  await page.locator(".history .entry", { hasText: "Bo" }).first().click();
  await page.waitForSelector("section h1");
}

async function toPeople(page) {
  await openRota(page);
  await page.click("nav li.people button");
}

async function toMember(page) {
  await toPeople(page);
  await page.locator(".screen li .do button").first().click();
  await page.waitForSelector(".sheet fieldset");
}

async function toInvite(page) {
  await toPeople(page);
  await page.locator(".screen .top button").click();
  await page.waitForSelector(".sheet form");
}

async function toJoin(page) {
  await toList(page);
  await page.locator("button:has(.lucide-log-in):visible").click();
  await page.waitForSelector(".sheet textarea");
}

/** What a link says of itself. */
async function toPreview(page, which) {
  await toJoin(page);
  await page.fill(".sheet textarea", await page.evaluate((name) => globalThis.links[name], which));
  await page.click(".sheet button[type=submit]");
  await page.waitForFunction(() => document.querySelector(".sheet textarea") === null);
}

const server = await createServer({ root: here("tests/preview"), configFile: here("vite.config.ts"), server: { port: 0, fs: { allow: [here(".")] } }, logLevel: "error" });
await server.listen();
const url = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
await mkdir(here("screenshots"), { recursive: true });
// What the server has not seen before it prepares, and loads the page again: before the first picture.
const first = await browser.newPage();
await first.goto(url, { timeout: 180_000 });
await first.waitForSelector("nav", { timeout: 180_000 });
await first.close();
let wrong = 0;
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of ["light", "dark"]) {
    for (const locale of ["en", "cy"]) {
      for (const [screen, { query = "", narrow = false, go }] of Object.entries(SCREENS)) {
        // Where it is narrowest, the longer language by day is enough.
        if (size === "small" && !(narrow && theme === "light" && locale === "cy")) continue;
        const name = `${screen}-${size}-${theme}-${locale}`;
        if (only.length === 0 || only.some((part) => name.includes(part))) wrong += await picture(name, viewport, theme, locale, query, go);
      }
    }
  }
}
await browser.close();
await server.close();
console.log(wrong === 0 ? "axe found nothing wrong" : `axe found ${wrong} things wrong`);
process.exitCode = wrong === 0 ? 0 : 1;

async function picture(name, viewport, theme, locale, query, go) {
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: "reduce", hasTouch: viewport.width < 500, isMobile: viewport.width < 500, bypassCSP: true });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.addInitScript((chosen) => localStorage.setItem("locale", chosen), locale);
  await page.goto(url + query);
  await page.waitForSelector("nav");
  await go(page);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: here(`screenshots/${name}.png`) });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) complaints.push("wider than the screen");
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const { id, nodes } of violations) complaints.push(`${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary?.split("\n")[1]?.trim() ?? ""}`).slice(0, 3).join(" | ")}`);
  for (const complaint of complaints) console.log(`${name}: ${complaint}`);
  await context.close();
  return complaints.length;
}
