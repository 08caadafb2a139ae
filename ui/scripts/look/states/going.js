// Going to a page or a notebook by a part of its title.

import { fails, goToSheet, toPage } from "../steps.js";
import { pinOne } from "./lists.js";

export const GOING = {
  goto: {
    go: async (page) => {
      await pinOne(page);
      await goToSheet(page);
      await page.waitForSelector(".sheet [role=option]");
    },
  },
  gotofound: { go: (page) => asks(page, "fl", ".sheet [role=option]") },
  gotonone: { go: (page) => asks(page, "zzz", ".sheet p[role=status]:not(.spoken)") },
  gotounread: {
    go: async (page) => {
      await toPage(page);
      await fails(page, "list_pages", "the store could not be read; try again");
      await page.evaluate(() => { globalThis.changesElsewhere(); });
      await goToSheet(page);
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
};

async function asks(page, query, shown) {
  await toPage(page);
  await goToSheet(page, query);
  await page.waitForSelector(shown);
}
