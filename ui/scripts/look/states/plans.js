// A plan: its why, outcomes and actions in three views, and what is done with an action.

import { drawn, takeFrom, toPage } from "../steps.js";

export const PLANS = {
  plannew: { query: "?planempty", go: toPlan },
  plan: { query: "?plan", go: toPlan },
  planlist: { query: "?plan", go: (page) => toView(page, "list") },
  planlist60: { query: "?plan60", go: (page) => toView(page, "list") },
  planboard: { query: "?plan", go: (page) => toView(page, "board") },
  planboard60: { query: "?plan60", go: (page) => toView(page, "board") },
  plantimeline: { query: "?plan", go: (page) => toView(page, "timeline") },
  plantimeline60: { query: "?plan60", go: (page) => toView(page, "timeline") },
  plantable: {
    query: "?plan",
    go: async (page) => {
      await toView(page, "timeline");
      await page.locator(".turn button").first().click();
      await page.waitForSelector(".timeline table");
    },
  },
  planread: { query: "?planread", go: (page) => toView(page, "list") },
  plansheet: { query: "?plan", go: toSheet },
  plansheetend: {
    query: "?plan",
    go: async (page) => {
      await toSheet(page);
      await page.locator(".sheet").evaluate((sheet) => { sheet.scrollTop = sheet.scrollHeight; });
    },
  },
  plansheetread: { query: "?planread", go: toSheet },
  plandeleted: {
    query: "?plan",
    go: async (page) => {
      await toSheet(page);
      await page.locator(".sheet .end button").click();
      await page.waitForSelector(".plan .page-note");
      await page.locator(".plan .page-note").scrollIntoViewIfNeeded();
    },
  },
  plangone: {
    query: "?plan",
    go: async (page) => {
      await toSheet(page);
      await page.locator(".sheet .end button").click();
      await page.waitForSelector(".plan .page-note");
      await takeFrom(page, ".plan .tools [aria-haspopup=menu]", "last");
      await page.waitForSelector(".sheet ul");
    },
  },
  planfiltered: {
    query: "?plan60",
    go: async (page) => {
      await toView(page, "list");
      await page.locator(".filters select").nth(3).selectOption("overdue");
      await page.locator(".filters select").nth(0).selectOption("Police");
      await page.waitForSelector(".said button");
    },
  },
  planshares: {
    query: "?plan60",
    go: async (page) => {
      await toPlan(page);
      const details = page.locator(".plan details");
      await details.evaluate((one) => { one.open = true; one.scrollIntoView({ block: "center" }); });
    },
  },
};

async function toPlan(page) {
  await toPage(page);
  await page.waitForSelector(".plan textarea, .plan .says");
}

async function toView(page, view) {
  await toPlan(page);
  const choice = page.locator(`.plan .tools input[value=${view}]`);
  await choice.evaluate((one) => { one.click(); });
  await page.locator(".plan .tools").evaluate((tools) => { tools.scrollIntoView({ block: "start" }); });
  await drawn(page);
}

async function toSheet(page) {
  await toView(page, "list");
  await page.locator(".plan [data-action] .open button").first().click();
  await page.waitForSelector(".sheet dl, .sheet .fields");
}
