// A page on the screen: what is said over it and around it, and what is done about it.

import { alert, drawn, fails, PAGE_MENU, takeFrom, toList, toPage, toReading, toVersion, visit } from "../steps.js";

export const PAGES = {
  page: { go: toPage },
  // On the first day.
  first: { query: "?empty", go: toPage },
  // The lists and the table further down.
  pageend: {
    go: async (page) => {
      await toPage(page);
      await page.locator("article").evaluate((article) => { article.scrollTop = article.scrollHeight; });
    },
  },
  reading: {
    go: async (page) => {
      await toPage(page);
      await toReading(page);
    },
  },
  welsh: {
    go: async (page) => {
      await toPage(page);
      await visit(page, "cinio", "Cinio");
    },
  },
  folded: {
    go: async (page) => {
      await toPage(page);
      const fold = page.locator("button:has(.lucide-panel-left):visible");
      if (await fold.count() > 0) await fold.click();
    },
  },
  pagemenu: {
    go: async (page) => {
      await toPage(page);
      await page.locator(PAGE_MENU).click();
      await page.waitForSelector("[role=menu]");
    },
  },
  others: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => { globalThis.peopleCome(); });
      await page.waitForSelector(".here li:nth-child(2)");
      await page.waitForSelector(".other-flag");
    },
  },
  authors: {
    go: async (page) => {
      await toAuthors(page);
      // Bo's first piece is pointed out.
      for (let times = 0; times < 2; times += 1) await page.locator(".authors .do button").nth(1).click();
    },
  },
  authoralone: {
    go: async (page) => {
      await toAuthors(page);
      await page.locator(".authors li button").nth(1).click();
    },
  },
  authorsunread: {
    go: async (page) => {
      await toPage(page);
      await fails(page, "page_authors", "the page could not be read; try again");
      await page.click("button:has(.lucide-user-round-pen)");
      await page.waitForSelector(".authors [role=alert]");
    },
  },
  move: { go: toMove },
  movenowhere: { query: "?alone", go: toMove },
  moverefused: {
    go: async (page) => {
      await fails(page, "move_page", "you may not write in that notebook; ask an admin for that role");
      await toMove(page);
      await page.locator(".sheet [role=list] button").first().click();
      await alert(page);
    },
  },
  deleted: { go: deleteRota },
  deletedbyother: { go: deletedByOther },
  deletedcopied: {
    go: async (page) => {
      await deletedByOther(page);
      await page.locator(".page-note button").nth(1).click();
      await page.waitForSelector(".page-note p:nth-of-type(2)");
    },
  },
  longpage: {
    query: "?longpage",
    go: async (page) => {
      await toPage(page);
      await page.waitForSelector(".page-note");
    },
  },
  unsaved: {
    go: async (page) => {
      await fails(page, "save", "the disk is full; make room and try again.");
      await toPage(page);
      await page.focus("h1 textarea");
      await page.keyboard.press("Enter");
      await page.keyboard.type("Now");
      await page.waitForSelector(".sheet-of-paper [role=alert]");
    },
  },
  pagegone: {
    go: async (page) => {
      await toList(page);
      await page.evaluate(() => { globalThis.gone("What we stopped"); });
      await page.locator(".list [role=listitem] button", { hasText: "What we stopped" }).click();
      await page.waitForSelector(".sheet-of-paper [role=alert]");
    },
  },
  versionunread: {
    go: async (page) => {
      await toVersion(page);
      await fails(page, "show_page", "the page could not be read; try again");
      await page.selectOption(".sheet-of-paper select", "now");
      await page.waitForSelector(".sheet-of-paper [role=alert]");
    },
  },
};

async function toAuthors(page) {
  await toPage(page);
  await page.click("button:has(.lucide-user-round-pen)");
  await page.waitForSelector(".authors li");
  await drawn(page);
}

async function toMove(page) {
  await toPage(page);
  await takeFrom(page, PAGE_MENU, 1);
  await page.waitForSelector(".sheet");
}

async function deleteRota(page) {
  await toPage(page);
  await takeFrom(page, PAGE_MENU, "last");
  await page.waitForSelector(".above .line");
}

async function deletedByOther(page) {
  await toPage(page);
  await page.evaluate(() => { globalThis.door.onPages.marked(globalThis.door.pages.find(({ line }) => line.title.startsWith("Night")).line.id, true, "Bo"); });
  await page.waitForSelector(".page-note");
}
