/** The core journey in the app's own window: a first note, joining by a link, writing together, and leaving. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { By, Key, until, type WebDriver } from "selenium-webdriver";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { command, Device } from "../journeys/hedgerow";
import { Screen } from "./screen";

const PATIENCE = 60_000;
const TEXT = By.css('[role="textbox"][aria-label="Text of the page"]');

let screen: Screen;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  screen = await Screen.begin();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
});
afterAll(() => {
  screen.end();
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "hedgerow-window-"));
  ends.push(() => rm(made, { recursive: true }));
  return made;
}

async function app(on: string, ...more: readonly string[]): Promise<WebDriver> {
  const window = await screen.app(on, ...more);
  ends.push(() => window.quit());
  return window;
}

/** Waits until these words stand somewhere in the window. */
const reads = (window: WebDriver, words: string) =>
  window.wait(async () => (await window.findElement(By.css("body")).getText()).includes(words), PATIENCE, `"${words}" is not there`);

const text = (window: WebDriver) => window.wait(until.elementLocated(TEXT), PATIENCE);

const press = async (window: WebDriver, name: string) => {
  const button = By.xpath(`//button[normalize-space(.)="${name}"]`);
  await (await window.wait(until.elementLocated(button), PATIENCE)).click();
};

test("a first note is written at once, and is there when the app is opened again", async () => {
  const hers = await folder();
  const first = await app(hers);
  await (await text(first)).sendKeys("Gwen has the keys.");
  await reads(first, "Saved on this device.");
  await first.quit();
  const again = await app(hers);
  await text(again);
  await reads(again, "Gwen has the keys.");
});

test("a link opens the app, which joins by it, and two write together", async () => {
  const ada = await Device.of("Ada");
  ends.push(() => ada.end());
  const { id: notebook } = await ada.does("notebook", "new", "Flood rota");
  const { id: page } = await ada.does("page", "new", notebook ?? "", "--title", "Night cover");
  const { uri } = await ada.does("invite", notebook ?? "", "--role", "writer");
  const window = await app(await folder(), uri ?? "");
  await reads(window, "Ada invites you to “Flood rota”");
  await press(window, "Join");
  const name = await window.wait(until.elementLocated(By.css('[role="dialog"] input')), PATIENCE);
  await name.sendKeys("Bo", Key.ENTER);
  await reads(window, "Night cover");
  await (await window.wait(until.elementLocated(By.xpath('//button[contains(., "Night cover")]')), PATIENCE)).click();
  await (await text(window)).sendKeys("Sandbags are at the depot.");
  await window.wait(async () => JSON.stringify(await ada.does("page", "show", page ?? "")).includes("Sandbags are at the depot."), PATIENCE);
  expect((await ada.does("page", "edit", page ?? "", "--at", "0", "--insert", "Gwen has the keys. "))["changed"]).toBe(true);
  await reads(window, "Gwen has the keys. Sandbags are at the depot.");
});

test("a file on a page is saved where downloads go, never in the place of another, and the window says where", async () => {
  const hers = await folder();
  const rota = Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(200_000, 7)]);
  const file = join(await folder(), "Night rota.pdf");
  await writeFile(file, rota);
  const window = await app(hers);
  await (await text(window)).sendKeys("Who drives on Thursday?");
  await reads(window, "Saved on this device.");
  const { id: notebook } = await command(hers, "notebook", "list");
  const { id: page } = await command(hers, "page", "list", notebook ?? "");
  await command(hers, "page", "attach", page ?? "", file);
  const save = await window.wait(until.elementLocated(By.css('[aria-label="Save: Night rota.pdf"]')), PATIENCE);
  const told = async () => (await window.findElements(By.xpath('//*[@role="status"]//p[starts-with(normalize-space(.), "The file is saved: ")]')))[0]?.getText();
  const paths: string[] = [];
  for (const _ of ["once", "again"]) {
    await save.click();
    await window.wait(async () => ((await told()) ?? paths.at(-1)) !== paths.at(-1), PATIENCE, "nothing says where the file is");
    paths.push((await told()) ?? "");
  }
  const saved = paths.map((line) => line.replace("The file is saved: ", ""));
  for (const path of saved) {
    ends.push(() => rm(path));
    expect((await readFile(path)).equals(rota)).toBe(true);
  }
  expect(new Set(saved).size).toBe(2);
});
