// Joining a notebook by a link.

import { alert, drawn, send, toJoin, toPage, toPreview } from "../steps.js";

export const JOINING = {
  join: { go: toJoin },
  joindamaged: {
    go: async (page) => {
      await toJoin(page);
      await page.fill(".sheet textarea", "hedgerow://join/half");
      await send(page);
      await alert(page);
    },
  },
  joinlarge: {
    go: async (page) => {
      await toJoin(page);
      await page.setInputFiles(".sheet input[type=file]", { name: "minutes.txt", mimeType: "text/plain", buffer: Buffer.alloc(200_000, "a") });
      await alert(page);
    },
  },
  scan: {
    go: async (page) => {
      await page.evaluate(() => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
        const paper = canvas.getContext("2d");
        const draw = () => {
          paper.fillStyle = "slategrey";
          paper.fillRect(0, 0, 640, 480);
          paper.fillStyle = "whitesmoke";
          paper.fillRect(200, 120, 240, 240);
          requestAnimationFrame(draw);
        };
        draw();
        navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
      });
      await toScan(page);
      await page.locator(".sheet video:not(.hidden)").waitFor();
    },
  },
  scanabsent: { go: async (page) => { await toScan(page); await page.locator(".sheet .trouble").waitFor(); } },
  joinread: { go: (page) => toPreview(page, "away") },
  joinisin: { go: (page) => toPreview(page, "in") },
  joinintroduce: {
    query: "?unnamed",
    go: async (page) => {
      await toPreview(page, "away");
      await send(page);
      await page.waitForSelector(".sheet input[autocomplete=name]");
    },
  },
  joinover: {
    go: async (page) => {
      await toPreview(page, "over");
      await send(page);
      await alert(page);
    },
  },
  joinwaits: { go: (page) => toWaiting(page, "away") },
  joinslow: { go: (page) => toWaiting(page, "slow") },
  joinslowadmin: { go: (page) => toWaiting(page, "admin") },
  joiningon: {
    go: async (page) => {
      await toWaiting(page, "away");
      await page.click(".sheet-close");
      await page.waitForSelector(".above .line");
    },
  },
  joined: {
    go: async (page) => {
      await toPreview(page, "open");
      await send(page);
      await page.waitForSelector(".above .line");
      await page.waitForFunction(() => document.querySelector(".sheet") === null);
    },
  },
  admitted: {
    go: async (page) => {
      await toPage(page);
      await page.evaluate(() => {
        const notebook = globalThis.door.notebooks[0].id;
        globalThis.door.say({ notice: "admitted", notebook_id: notebook, person: "Eira", person_id: "eira", words: ["otter", "lantern", "maple", "drum"] });
      });
      await page.waitForSelector(".above .line");
    },
  },
};

/** After the first try, in which nobody was reached who could let this device in, or not whole. */
async function toWaiting(page, which) {
  await toPreview(page, which);
  await send(page);
  await page.waitForSelector(".sheet .waits");
  await page.waitForFunction(() => globalThis.door.asked.includes("join"));
  await drawn(page);
}

async function toScan(page) {
  await toJoin(page);
  await page.click(".sheet form button[type=button]");
}
