// Writing on a page: the menu in the text, links, tables.

import { alert, drawn, send, toPage } from "../steps.js";

export const WRITING = {
  menu: {
    go: async (page) => {
      await toEmptyLine(page);
      await page.keyboard.type("/");
      await page.waitForSelector("[role=listbox]");
    },
  },
  menunone: {
    go: async (page) => {
      await toEmptyLine(page);
      await page.keyboard.type("/zzz");
      await page.waitForSelector("[role=listbox] .none");
    },
  },
  // Nothing is selected: the words are asked for too.
  link: {
    go: async (page) => {
      await toEmptyLine(page);
      await openLink(page);
    },
  },
  linkover: {
    go: async (page) => {
      await toEmptyLine(page);
      await page.keyboard.type("the county's plan");
      await page.keyboard.press("Shift+Home");
      await openLink(page);
    },
  },
  linkedit: {
    go: async (page) => {
      await toPage(page);
      await page.locator(".page-body a").first().click();
      await openLink(page);
    },
  },
  linkwrong: {
    go: async (page) => {
      await toEmptyLine(page);
      await openLink(page);
      await page.locator(".sheet input").first().fill("not an address");
      await send(page);
      await alert(page);
    },
  },
  tabletext: {
    go: async (page) => {
      await toPage(page);
      await page.locator(".page-body table").first().click();
      await page.waitForFunction(() => document.querySelector(".page-body table") === null || document.activeElement?.closest(".page-body") !== null);
    },
  },
};

/** Below the page's first paragraph, by keyboard from the title, so that the caret is in the text at once. */
async function toEmptyLine(page) {
  await toPage(page);
  await page.focus("h1 textarea");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await drawn(page);
  await page.keyboard.press("ArrowUp");
}

async function openLink(page) {
  await page.locator(".tools .tool:has(.lucide-link)").click();
  await page.waitForSelector(".sheet form");
}
