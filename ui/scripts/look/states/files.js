// Files on a page: each of the ways in which one stands, and how they come there.

import { toPage } from "../steps.js";

export const FILES = {
  files: { query: "?files", go: toFiles },
  // What is not here, or does not open.
  filesaway: {
    query: "?files",
    go: async (page) => {
      await toFiles(page);
      await page.locator(".file-block").last().scrollIntoViewIfNeeded();
      await page.waitForFunction(() => [...document.querySelectorAll(".file-block")].every((block) => block.querySelector(".standing p, .deeds .lucide-download") !== null));
      const fetch = page.locator(".file-block").nth(3).locator(".deeds button").first();
      await fetch.click();
      await page.waitForSelector(".file-block .note");
      await page.locator(".file-block").nth(2).evaluate((block) => { block.scrollIntoView({ block: "start" }); });
    },
  },
  filesover: {
    query: "?files",
    go: async (page) => {
      await toFiles(page);
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["x"], "rota.pdf"));
        document.querySelector(".page-body").dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer }));
      });
      await page.waitForSelector(".drop");
    },
  },
  // One is on its way, others never will be.
  filessending: {
    query: "?files",
    go: async (page) => {
      await toFiles(page);
      await drops(page, "add_piece");
      await page.waitForSelector("article section progress, article section [role=alert]");
    },
  },
};

async function toFiles(page) {
  await toPage(page);
  await page.waitForSelector(".file-block img");
}

/** Files that cannot be put there, and one whose node goes away. */
async function drops(page, failing) {
  await page.evaluate((name) => {
    globalThis.fails(name, "Hedgerow is not running on this device at the moment.");
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([], "notes.txt"));
    dataTransfer.items.add(new File(["sandbags"], "sandbags.txt", { type: "text/plain" }));
    document.querySelector(".page-body").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer, clientX: 300, clientY: 300 }));
  }, failing);
}
