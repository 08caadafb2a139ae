// All notebooks and their pages as a tree.

import { backToList, fails, toPage } from "../steps.js";

export const TREES = {
  // Two notebooks are open; the keyboard is on a page that is not the one on the screen.
  tree: {
    query: "?many",
    go: async (page) => {
      await toTree(page);
      await notebook(page, "Gwelyau").click();
      await page.locator("[role=treeitem][aria-level='2']", { hasText: "Discharge before noon" }).waitFor();
      await keyboardOn(page, notebook(page, "Gwelyau"), "ArrowRight");
    },
  },
  treeempty: {
    go: async (page) => {
      await toTree(page);
      await keyboardOn(page, notebook(page, "Strategaeth"), "ArrowRight");
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-expanded") === "true");
      await page.keyboard.press("ArrowRight");
    },
  },
  treeunread: {
    go: async (page) => {
      await toTree(page);
      await fails(page, "list_pages", "the store could not be read; try again");
      await page.evaluate(() => { globalThis.changesElsewhere(); });
      await notebook(page, "Strategaeth").click();
      await page.waitForSelector("[role=treeitem] .fault");
    },
  },
  // The keyboard is on the last of 2,000 pages, in the longest notebook.
  treelong: {
    query: "?long",
    go: async (page) => {
      await toTree(page);
      await keyboardOn(page, page.locator("[role=treeitem]").first(), "End");
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-posinset") === "3");
      for (let up = 0; up < 2; up += 1) await page.keyboard.press("ArrowUp");
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-posinset") === "2004");
    },
  },
};

async function toTree(page) {
  await toPage(page);
  await backToList(page);
  await page.locator(".list .view label").last().click();
  await page.waitForSelector("[role=tree]");
}

/** The row of a notebook, by how its title begins. */
const notebook = (page, title) => page.locator("[role=treeitem][aria-level='1']", { hasText: title });

async function keyboardOn(page, row, key) {
  await row.focus();
  await page.keyboard.press(key);
}
