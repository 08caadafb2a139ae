// The people of a notebook, and invitations to it.

import { alert, fails, send, toInvite, toMember, toPage, toPeople, toReading } from "../steps.js";

export const PEOPLE = {
  people: { go: toPeople },
  peopleend: {
    go: async (page) => {
      await toPeople(page);
      await page.locator("details summary").click();
      await page.locator(".screen").evaluate((screen) => { screen.scrollTop = screen.scrollHeight; });
    },
  },
  peopleread: { go: toOthers },
  leave: {
    go: async (page) => {
      await toOthers(page);
      await page.click(".after .danger");
      await page.waitForSelector(".sheet form");
    },
  },
  alone: { query: "?alone", go: toPeople },
  deletenotebook: {
    query: "?alone",
    go: async (page) => {
      await toPeople(page);
      await page.click(".after .danger");
      await page.waitForSelector(".sheet form");
    },
  },
  removed: { go: toRemoved },
  erase: {
    go: async (page) => {
      await toRemoved(page);
      await page.click(".erase button");
      await page.waitForSelector(".sheet form");
    },
  },
  outside: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => { globalThis.door.removed(globalThis.door.notebooks[0].id); });
      await page.waitForFunction(() => document.querySelector(".tools") === null);
    },
  },
  awaited: {
    go: async (page) => {
      await toPeople(page);
      await page.evaluate(() => { globalThis.door.sharing.has(globalThis.door.notebooks[0].id, { person_id: "ada", role: null, state: "awaits_admin" }); globalThis.door.say({ notice: "missed" }); });
      await page.waitForSelector(".screen [role=status] p");
    },
  },
  member: { go: toMember },
  memberrefused: {
    go: async (page) => {
      await toMember(page);
      await fails(page, "set_role", "you are a writer in this notebook and changing a role takes an admin; ask an admin for that role");
      await page.locator(".sheet fieldset input").first().check();
      await send(page);
      await alert(page);
    },
  },
  decide: {
    go: async (page) => {
      await toPeople(page);
      await page.locator(".screen li .do button").nth(2).click();
      await page.waitForSelector(".sheet fieldset");
    },
  },
  remove: {
    go: async (page) => {
      await toMember(page);
      await page.click(".sheet .more .danger");
    },
  },
  handover: {
    go: async (page) => {
      await toMember(page);
      await page.click(".sheet .more button:not(.danger)");
    },
  },
  invite: { go: toInvite },
  invitewrong: {
    go: async (page) => {
      await toInvite(page);
      await page.fill(".sheet input[inputmode=numeric]", "0");
      await send(page);
      await alert(page);
    },
  },
  introduce: {
    query: "?unnamed",
    go: async (page) => {
      await toInvite(page);
      await send(page);
      await alert(page);
    },
  },
  invited: {
    go: async (page) => {
      await toInvite(page);
      await send(page);
      await page.waitForSelector(".sheet svg[role=img]");
      await page.click(".sheet .row button");
    },
  },
  closelink: {
    go: async (page) => {
      await toPeople(page);
      await page.locator("h2 + ul .do button, h2 ~ ul .do button").first().click();
      await page.waitForSelector(".sheet form");
    },
  },
};

/** In Bo's notebook, where this person reads. */
async function toOthers(page) {
  await toPage(page);
  await toReading(page);
  await toPeople(page);
}

async function toRemoved(page) {
  await toPeople(page);
  await page.evaluate(() => { globalThis.door.removed(globalThis.door.notebooks[0].id); });
  await page.waitForSelector(".screen [role=status] p");
}
