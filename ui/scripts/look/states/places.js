// The other places, settings, and what is waiting.

import { fails, toList, toPage } from "../steps.js";

export const PLACES = {
  capture: { go: toCapture },
  captureempty: { query: "?empty", go: toCapture },
  captured: {
    go: async (page) => {
      await toCapture(page);
      await page.fill("section textarea", "The pump house floods first");
      await page.click("section button[type=submit]");
      await page.waitForFunction(() => document.querySelector("section textarea").value === "");
    },
  },
  uncaptured: {
    go: async (page) => {
      await toCapture(page);
      await fails(page, "capture", "the disk is full; make room and try again");
      await page.fill("section textarea", "The pump house floods first");
      await page.click("section button[type=submit]");
      await page.waitForSelector(".above [role=alert]");
    },
  },
  file: {
    go: async (page) => {
      await toCapture(page);
      await page.locator("section li button").first().click();
      await page.waitForSelector(".sheet [role=list]");
    },
  },
  settings: { go: toSettings },
  appsettings: {
    query: "?app",
    go: async (page) => {
      await toSettings(page);
      await page.locator(".sheet").evaluate((sheet) => { sheet.scrollTop = sheet.scrollHeight; });
    },
  },
  shortcuts: { go: toShortcuts },
  shortcutsend: {
    go: async (page) => {
      await toShortcuts(page);
      await page.locator(".sheet").evaluate((sheet) => { sheet.scrollTop = sheet.scrollHeight; });
    },
  },
  waiting: { go: toWaiting },
  waitingalone: { query: "?alone", go: toWaiting },
  waitingunread: {
    go: async (page) => {
      await toPage(page);
      await fails(page, "get_status", "Hedgerow is not running on this device at the moment");
      await toWaiting(page);
      await page.waitForSelector(".sheet [role=alert]");
    },
  },
  // The node was not there when the window opened.
  away: {
    query: "?away",
    go: (page) => page.waitForSelector(".above [role=alert]"),
  },
};

async function toCapture(page) {
  await toPage(page);
  await page.click("nav li.capture button");
  await page.waitForSelector("section textarea");
}

async function toShortcuts(page) {
  await toPage(page);
  await page.keyboard.press("Control+/");
  await page.waitForSelector(".sheet dl");
}

async function toWaiting(page) {
  await toPage(page);
  await page.locator("article div > [role=status] + button").click();
  await page.waitForSelector(".sheet section");
}

async function toSettings(page) {
  await toList(page);
  await page.locator("button:has(.lucide-settings-2):visible").first().click();
  await page.waitForSelector(".sheet fieldset");
}
