// The list of pages, the notebook over it, and what is done about either.

import { alert, backToList, fails, LIST_MENU, PAGE_MENU, send, takeFrom, toAbout, toList, toPage, toReading, visit } from "../steps.js";

export const LISTS = {
  list: { go: toList },
  // The keyboard is on the last of 2,000 lines.
  long: {
    query: "?long",
    go: async (page) => {
      await toList(page);
      await page.locator(".list [role=listitem] button").first().focus();
      await page.keyboard.press("End");
      await page.waitForFunction(() => document.activeElement?.closest("[role=listitem]")?.getAttribute("aria-posinset") === "2004");
    },
  },
  pinned: {
    go: async (page) => {
      await pinOne(page);
      await backToList(page);
    },
  },
  chooser: { go: toChooser },
  choosermany: { query: "?many", go: toChooser },
  choosernone: {
    query: "?many",
    go: async (page) => {
      await toChooser(page);
      await page.fill(".chooser-content input", "zzz");
      await page.waitForSelector(".chooser-content p:not(:empty)");
    },
  },
  nopages: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => { globalThis.onlyHousing(); });
      await page.waitForSelector(".list .below");
    },
  },
  nonotebooks: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => { globalThis.nothingLeft(); });
      await page.waitForSelector(".head .empty");
    },
  },
  readinglist: {
    go: async (page) => {
      await toPage(page);
      await toReading(page);
      await backToList(page);
    },
  },
  about: { go: toAbout },
  aboutread: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => { globalThis.door.sharing.has(globalThis.door.notebooks[0].id, { person_id: "ada", role: "reader" }); globalThis.door.say({ notice: "missed" }); });
      await page.waitForFunction(() => document.querySelector(".tools") === null);
      await toAbout(page);
    },
  },
  aboutuntitled: {
    go: async (page) => {
      await toAbout(page);
      await page.locator(".sheet input").first().fill("");
      await send(page);
      await alert(page);
    },
  },
  notebook: { go: toNotebook },
  notebookuntitled: {
    go: async (page) => {
      await toNotebook(page);
      await send(page);
      await alert(page);
    },
  },
  deletedpages: {
    go: async (page) => {
      await toPage(page);
      await takeFrom(page, PAGE_MENU, "last");
      await page.waitForSelector(".above .line");
      await takeFrom(page, LIST_MENU, "last");
      await page.waitForSelector(".sheet ul");
    },
  },
  nothingdeleted: { go: toDeleted },
  broughtback: {
    go: async (page) => {
      await toPage(page);
      await takeFrom(page, PAGE_MENU, "last");
      await page.waitForSelector(".above .line");
      await takeFrom(page, LIST_MENU, "last");
      await page.locator(".sheet ul button").first().click();
      await page.waitForSelector(".sheet .said");
    },
  },
  deletedunread: {
    go: async (page) => {
      await toList(page);
      await fails(page, "list_deleted_pages", "the store could not be read; try again");
      await takeFrom(page, LIST_MENU, "last");
      await alert(page);
    },
  },
};

async function toChooser(page) {
  await toList(page);
  await page.locator(".chooser").click();
  await page.waitForSelector(".chooser-content [role=option]");
}

async function toNotebook(page) {
  await toList(page);
  await page.locator("button:has(.lucide-notebook-pen):visible").click();
  await page.waitForSelector(".sheet form");
}

async function toDeleted(page) {
  await toList(page);
  await takeFrom(page, LIST_MENU, "last");
  await page.waitForSelector(".sheet .quiet");
}

/** A page of another notebook is pinned, others were opened, and the rota is open again. */
export async function pinOne(page) {
  await toPage(page);
  for (const [query, title] of [["refl", "reflection"], ["stopped", "stopped"], ["disch", "Discharge"]]) await visit(page, query, title);
  await takeFrom(page, PAGE_MENU, 0);
  await visit(page, "rota for", "Night rota");
}
