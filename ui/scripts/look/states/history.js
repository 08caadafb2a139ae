// A page's history: versions, what differs between them, and going back.

import { fails, toHistory, toPage, toVersion } from "../steps.js";

export const HISTORY = {
  history: {
    go: async (page) => {
      await toHistory(page);
      await page.locator(".history .more").first().click();
    },
  },
  historyunread: {
    go: async (page) => {
      await toPage(page);
      await fails(page, "page_history", "the page could not be read; try again");
      await page.click("button:has(.lucide-history)");
      await page.waitForSelector(".history [role=alert]");
    },
  },
  version: { go: toVersion },
  difference: {
    go: async (page) => {
      await toVersion(page);
      await page.selectOption(".sheet-of-paper select", "now");
      await page.waitForSelector("ins");
      await page.locator(".bar button").nth(1).click();
    },
  },
  differencepick: {
    go: async (page) => {
      await toVersion(page);
      await page.selectOption(".sheet-of-paper select", "other");
      await page.waitForSelector(".history .pick");
    },
  },
  nodifference: {
    go: async (page) => {
      await toHistory(page);
      await page.locator(".history .entry").first().click();
      await page.waitForSelector("section h1:not(.spoken)");
      await page.selectOption(".sheet-of-paper select", "now");
      await page.waitForSelector(".bar");
    },
  },
  versiongone: {
    go: async (page) => {
      await toHistory(page);
      await fails(page, "show_page", "the page could not be read; try again");
      await page.locator(".history .entry").nth(1).click();
      await page.waitForSelector(".sheet-of-paper [role=alert]");
    },
  },
  restore: { go: toRestore },
  restorerefused: {
    go: async (page) => {
      await toRestore(page);
      await fails(page, "restore_page", "the disk is full; make room and try again");
      await page.click(".sheet button[type=submit]");
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
  aside: {
    go: async (page) => {
      await toAside(page);
      await page.click(".page-note button");
      await page.waitForSelector(".history .entry");
    },
  },
  asidesaid: { go: toAside },
  asideversion: {
    go: async (page) => {
      await toAside(page);
      await page.click(".page-note button");
      await page.locator(".history .entry").first().click();
      await page.waitForSelector(".about .why");
    },
  },
  restored: { go: toRestored },
  restoreundone: {
    go: async (page) => {
      await toRestored(page);
      await page.locator(".page-note button").first().click();
      await page.waitForFunction(() => document.querySelectorAll(".page-note button").length === 1);
    },
  },
  restorechanged: {
    go: async (page) => {
      await toRestored(page);
      await page.evaluate(() => { globalThis.boWrites(); });
      await page.locator(".page-note button").first().click();
      await page.waitForSelector(".page-note [role=alert]");
    },
  },
};

async function toAside(page) {
  await toPage(page);
  await page.evaluate(() => { globalThis.bothAside(); });
  await page.waitForSelector(".page-note");
}

async function toRestore(page) {
  await toVersion(page);
  await page.locator(".about button", { hasText: /Restore|Adfer/ }).click();
  await page.waitForSelector(".sheet form button:not([disabled])");
}

async function toRestored(page) {
  await toRestore(page);
  await page.click(".sheet form button:not([disabled])");
  await page.waitForSelector(".page-note");
}
