/** A key in a page of 5,000 words on which three others write, against one in a bare editor with the same text. */

import type { Page } from "playwright-core";
import type { Device } from "../tests/journeys/hedgerow";
import type { Figure } from "./figure";
import { median, share } from "./figure";
import { doorTo, Peer } from "./peer";
import type { Stage } from "./stage";
import { pageOf } from "./texts";
import { traced, workIn, type Work } from "./trace";

const WORDS = 5_000;
const KEYS = 40;
/** Between two keys of the person, in milliseconds: fast typing. */
const PAUSE = 90;
/** How often each of the others types a character, in milliseconds. */
const OTHERS = 250;
const LETTERS = "sandbags are at the depot and gwen has the keys ";

export async function typing(stage: Stage, isQuick: boolean): Promise<Figure[]> {
  const turns = isQuick ? 2 : 10;
  const blocks = pageOf(WORDS);
  const ada = await stage.person("Ada");
  const notebook = await stage.notebook(ada, "Flood rota");
  const begun = await stage.page(ada, notebook, "Night cover", blocks);
  const others = await threeMore(stage, ada, notebook, begun.id);
  const hers = await (await stage.context()).newPage();
  await hers.goto(ada.ready.http);
  await hers.getByText("Night cover").first().click();
  await hers.locator(".page-body[contenteditable=true]").waitFor();
  const bare = await stage.bare(blocks);
  for (const page of [hers, bare]) await toMiddle(page);

  const writing = others.map((other, at) => keepsTyping(other, at));
  await types(hers, KEYS);
  await types(bare, KEYS);
  const [ours, theirs]: [Work[], Work[]] = [[], []];
  const before = begun.heard;
  const started = performance.now();
  for (let turn = 0; turn < turns; turn += 1) {
    const hersTurn = async () => { ours.push(await turnOf(stage, hers)); };
    const bareTurn = async () => { theirs.push(await turnOf(stage, bare)); };
    for (const take of turn % 2 === 0 ? [hersTurn, bareTurn] : [bareTurn, hersTurn]) await take();
  }
  const rate = (begun.heard - before - ours.length * KEYS) / ((performance.now() - started) / 1_000);
  for (const stop of writing) await stop();
  begun.leaves();
  return figures(ours, theirs, Math.max(0, rate));
}

function figures(ours: readonly Work[], theirs: readonly Work[], rate: number): Figure[] {
  const at = (part: number, of: readonly Work[], what: "keys" | "delays" | "tasks") => of.map((work) => share(work[what], part));
  const bare = (what: string, runs: readonly number[]) => ({ what, runs });
  const figure = (what: string, mine: readonly number[], runs: readonly number[], goal: Figure["goal"] = null): Figure => ({
    what, unit: "nanoseconds", ours: mine, baseline: bare("in a bare editor", runs), goal,
  });
  const where = `in a page of ${WORDS} words with three others writing`;
  return [
    figure(`a key ${where}, work until it is drawn, the middle one`, at(0.5, ours, "keys"), at(0.5, theirs, "keys")),
    figure("  95 of 100", at(0.95, ours, "keys"), at(0.95, theirs, "keys"), { "at-most": 2 }),
    figure("  the longest", at(1, ours, "keys"), at(1, theirs, "keys")),
    figure("  by the clock, 95 of 100", at(0.95, ours, "delays"), at(0.95, theirs, "delays")),
    figure("  all work of the window for each key, saving and what others write included", ours.map(({ all }) => all / KEYS), theirs.map(({ all }) => all / KEYS)),
    { what: "  the longest that the window was busy at a stretch", unit: "nanoseconds", ours: [Math.max(...at(1, ours, "tasks"))], baseline: null, goal: { "at-most": 16e6 } },
    { what: "  busy for more than 8 ms at a stretch, in a turn of 40 keys", unit: "count", ours: [median(ours.map(({ tasks }) => tasks.filter((cost) => cost > 8e6).length))], baseline: null, goal: null },
    { what: "  what others wrote meanwhile, changes in a second", unit: "count", ours: [rate], baseline: null, goal: null },
  ];
}

/** Bo, Cai and Dee are let in and open the page. */
async function threeMore(stage: Stage, ada: Device, notebook: string, page: string): Promise<Peer[]> {
  const out: Peer[] = [];
  for (const [at, name] of ["Bo", "Cai", "Dee"].entries()) {
    const device = await stage.person(name, [ada]);
    const { uri = "" } = await ada.does("invite", notebook, "--role", "writer");
    await device.does("join", uri);
    const door = doorTo(device);
    await until(async () => (await door.ask("list_pages", { notebook })).some(({ id }) => id === page));
    const peer = await Peer.at(door, page, at + 2);
    await until(() => Promise.resolve(peer.blocks.length > 1));
    out.push(peer);
  }
  return out;
}

/** Goes on typing until the given way to stop is used. */
function keepsTyping(other: Peer, at: number): () => Promise<void> {
  let [stopped, saved] = [false, Promise.resolve()];
  const typing = setInterval(() => {
    other.types();
    // One after the other: a node that is behind gets more at once.
    saved = saved.then(() => (stopped ? undefined : other.saves()));
  }, OTHERS + at);
  return async () => {
    stopped = true;
    clearInterval(typing);
    await saved;
    other.leaves();
  };
}

/** The cursor stands at the end of the paragraph in the middle. */
async function toMiddle(page: Page): Promise<void> {
  await page.bringToFront();
  const paragraphs = page.locator("[contenteditable=true] > p");
  const middle = paragraphs.nth(Math.floor((await paragraphs.count()) / 2));
  await middle.click();
  await page.keyboard.press("End");
}

async function turnOf(stage: Stage, page: Page): Promise<Work> {
  await page.bringToFront();
  return workIn(await traced(stage.browser, page, () => types(page, KEYS)));
}

async function types(page: Page, keys: number): Promise<void> {
  for (let at = 0; at < keys; at += 1) {
    await page.keyboard.press(LETTERS[at % LETTERS.length] === " " ? "Space" : (LETTERS[at % LETTERS.length] ?? "a"));
    await page.waitForTimeout(PAUSE);
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries > 600) throw new Error("what was waited for did not come within a minute");
    await new Promise((later) => setTimeout(later, 100));
  }
}
