/** One browser for the journeys of a file, a window for each device, and an end to all of it after each journey. */

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Device } from "./hedgerow";
import { ends, trail } from "./trails";

export interface Browsers {
  /** A window without anything of anybody's in it; what happens there is kept, under this name, if the journey fails. */
  context: (name: string, options: BrowserContextOptions) => Promise<BrowserContext>;
  /** Somebody's device, whose node reaches these others. It ends with the journey. */
  device: (name: string | null, peers?: readonly Device[]) => Promise<Device>;
  /** Their window, on a desk and in English. */
  windowOn: (device: Device, options?: BrowserContextOptions) => Promise<Page>;
  /** Ada's page about who has the keys, which Bo, whom she has let in, has just opened. */
  nightCover: (role?: "reader" | "writer") => Promise<{ ada: Device; bo: Device; hers: Page; his: Page }>;
  /** Nothing that a browser has complained of so far counts. */
  forgive: () => void;
}

const DESK: BrowserContextOptions = { locale: "en-GB", viewport: { width: 1280, height: 800 }, permissions: ["clipboard-read", "clipboard-write"] };

/**
 * Browsers for the journeys of this file, begun with these arguments besides. None may complain: of a policy that was broken,
 * of an error nobody took.
 */
export function browsers(besides: readonly string[] = []): Browsers {
  let browser: Browser;
  const devices: Device[] = [];
  const contexts: { readonly name: string; readonly context: BrowserContext }[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", ...besides] });
  });
  afterEach(async ({ task }) => {
    const complained = complaints.splice(0);
    const failed = task.result?.state === "fail" || complained.length > 0;
    for (const [at, { name, context }] of contexts.splice(0).entries()) await ends(context, failed ? trail(task, `${at + 1}-${name}`) : null);
    for (const device of devices.splice(0)) await device.end();
    expect(complained).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
  });

  const context = async (name: string, options: BrowserContextOptions) => {
    const made = await browser.newContext(options);
    await made.tracing.start({ screenshots: false, snapshots: true });
    contexts.push({ name, context: made });
    return made;
  };
  const device: Browsers["device"] = async (name, peers = []) => {
    const made = await Device.of(name, peers);
    devices.push(made);
    return made;
  };
  const windowOn: Browsers["windowOn"] = async ({ owner, ready }, options = DESK) => {
    const page = await (await context(owner, options)).newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !isOfTheTrail(message.text())) complaints.push(message.text());
    });
    await page.goto(ready.http);
    return page;
  };
  return {
    context,
    device,
    windowOn,
    nightCover: async (role = "writer") => {
      const ada = await device("Ada");
      const bo = await device("Bo", [ada]);
      const hers = await windowOn(ada);
      await begins(hers, "Flood rota", "Night cover");
      await hers.keyboard.type("Gwen has the keys.");
      await hers.getByText("Saved on this device.").waitFor();
      await bringIn(ada, bo, role);
      const his = await windowOn(bo);
      await his.getByText("Night cover").first().click();
      return { ada, bo, hers, his };
    },
    forgive: () => void complaints.splice(0),
  };
}

/** Whoever keeps the trail reads what a browser loaded, in the window's name; a picture that did not open is gone by then. */
const isOfTheTrail = (complaint: string) => complaint.startsWith("Connecting to 'blob:");

/** The text of the page that is open. */
export const body = (page: Page) => page.getByRole("textbox", { name: "Text of the page" });

/** What the page that is open reads, without the flags of those who are on it. */
export const wording = (page: Page) =>
  page.evaluate(() => {
    const copy = document.querySelector(".page-body")?.cloneNode(true) as Element;
    for (const flag of copy.querySelectorAll(".other-caret")) flag.remove();
    return Array.from(copy.children, ({ textContent }) => textContent);
  });

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

/** The host lets a guest into the first notebook in their list. */
export async function bringIn(host: Device, guest: Device, role: "reader" | "writer" = "writer"): Promise<void> {
  const { id } = await host.does("notebook", "list");
  const { uri } = await host.does("invite", id ?? "", "--role", role);
  await guest.does("join", uri ?? "");
}
