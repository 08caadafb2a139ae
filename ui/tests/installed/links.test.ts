/** Gwen has installed Hedgerow: it opens, keeps what she writes, and is what her desktop opens its links with. */

import { By, until, type WebDriver } from "selenium-webdriver";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Device } from "../journeys/hedgerow";
import { Session } from "./machine";

const PATIENCE = 60_000;
const TEXT = By.css('[role="textbox"][aria-label="Text of the page"]');

let session: Session;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  session = await Session.begin();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
});
afterAll(() => {
  session.end();
});

async function app(): Promise<WebDriver> {
  const window = await session.screen.started();
  ends.push(() => window.quit());
  return window;
}

/** Waits until these words stand somewhere in the window. */
const reads = (window: WebDriver, words: string) =>
  window.wait(async () => (await window.findElement(By.css("body")).getText()).includes(words), PATIENCE, `"${words}" is not there`);

const text = (window: WebDriver) => window.wait(until.elementLocated(TEXT), PATIENCE);

test("what she writes is there when the app is opened again", async () => {
  const first = await app();
  await (await text(first)).sendKeys("Gwen has the keys.");
  await reads(first, "Saved on this device.");
  await first.quit();
  await reads(await app(), "Gwen has the keys.");
});

test("a link that another program opens comes to the app that runs already", async () => {
  const ada = await Device.of("Ada");
  ends.push(() => ada.end());
  const invitation = async (title: string) => {
    const { id } = await ada.does("notebook", "new", title);
    return (await ada.does("invite", id ?? "", "--role", "writer"))["uri"] ?? "";
  };
  const window = await app();
  await text(window);
  await session.runs("xdg-open", await invitation("Flood rota"));
  await reads(window, "Ada invites you to “Flood rota”");
  await session.runs("gio", "open", await invitation("Winter beds"));
  await reads(window, "Ada invites you to “Winter beds”");
});

test("the desktop knows an invitation when it sees one, and what opens it", async () => {
  const file = "/tmp/Flood rota.hedgerow-invitation";
  await session.runs("sh", "-c", `echo hedgerow://join/abc > "${file}"`);
  const kind = "application/vnd.hedgerow.invitation";
  expect(await session.runs("gio", "info", "--attributes=standard::content-type", file)).toContain(`standard::content-type: ${kind}`);
  for (const opened of [kind, "x-scheme-handler/hedgerow"]) expect(await session.runs("xdg-mime", "query", "default", opened)).toBe("Hedgerow.desktop");
});
