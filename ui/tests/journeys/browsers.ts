/** One browser for the journeys of a file, a window for each device, and an end to all of it after each journey. */

import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Device } from "./hedgerow";

export interface Browsers {
  /** A window without anything of anybody's in it. */
  context: Browser["newContext"];
  /** Somebody's device, whose node reaches these others. It ends with the journey. */
  device: (name: string | null, peers?: readonly Device[]) => Promise<Device>;
  /** Their window, on a desk and in English. */
  windowOn: (device: Device) => Promise<Page>;
  /** Nothing that a browser has complained of so far counts. */
  forgive: () => void;
}

/** Browsers for the journeys of this file. None may complain: of a policy that was broken, of an error nobody took. */
export function browsers(): Browsers {
  let browser: Browser;
  const devices: Device[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const device of devices.splice(0)) await device.end();
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
  });

  return {
    context: (options) => browser.newContext(options),
    device: async (name, peers = []) => {
      const made = await Device.of(name, peers);
      devices.push(made);
      return made;
    },
    windowOn: async ({ ready }) => {
      const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      await page.goto(ready.http);
      return page;
    },
    forgive: () => void complaints.splice(0),
  };
}

/** The text of the page that is open. */
export const body = (page: Page) => page.getByRole("textbox", { name: "Text of the page" });

/** Waits until the page that is open reads so. */
export const reads = (page: Page, text: string) => page.waitForFunction((wanted) => document.querySelector(".page-body")?.textContent?.includes(wanted), text);

/** Begins a notebook and a page in it, with the cursor in its text. */
export async function begins(page: Page, notebook: string, title: string): Promise<void> {
  await page.getByRole("button", { name: "New notebook" }).first().click();
  await page.getByLabel("Title", { exact: true }).fill(notebook);
  await page.getByRole("button", { name: "Begin the notebook" }).click();
  await page.getByText("The pages of this notebook will be here.").waitFor();
  await page.getByRole("button", { name: "New page" }).first().click();
  await body(page).waitFor();
  await page.getByLabel("Title of the page").fill(title);
  await page.getByLabel("Title of the page").press("Enter");
}

/** The host lets a guest into the one notebook that there is, as a writer. */
export async function bringIn(host: Device, guest: Device): Promise<void> {
  const { id } = await host.does("notebook", "list");
  const { uri } = await host.does("invite", id ?? "", "--role", "writer");
  await guest.does("join", uri ?? "");
}
