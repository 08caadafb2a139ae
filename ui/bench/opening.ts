/** From asking a browser for the window until a page's text is drawn, and until it can be written in. */

import type { Device } from "../tests/journeys/hedgerow";
import type { Figure } from "./figure";
import type { Peer } from "./peer";
import type { Stage } from "./stage";
import { pageOf, pageOfCharacters } from "./texts";


interface Times {
  /** In nanoseconds since the window was asked for. */
  readonly shown: number;
  readonly editable: number;
}

export async function opening(stage: Stage, isQuick: boolean): Promise<Figure[]> {
  const [turns, edits] = isQuick ? [2, 1_000] : [7, 10_000];
  const ada = await stage.person("Ada");
  const notebook = await stage.notebook(ada, "Flood rota");
  const pages: { readonly what: string; readonly peer: Peer }[] = [
    { what: "a page of 5,000 words", peer: await stage.page(ada, notebook, "Words", pageOf(5_000)) },
    { what: "a page of 50,000 characters", peer: await stage.page(ada, notebook, "Characters", pageOfCharacters(50_000)) },
    { what: `a page with ${edits} edits`, peer: await stage.page(ada, notebook, "Edits", pageOf(500)) },
  ];
  const [, , edited] = pages;
  for (let edit = 0; edit < edits; edit += 1) edited?.peer.types();
  await edited?.peer.saves();
  const empty = await stage.page(ada, notebook, "Empty", [{ type: "paragraph", parents: [], text: "Nothing yet.", marks: [] }]);
  for (const { peer } of [...pages, { peer: empty }]) peer.leaves();

  const out: Figure[] = [];
  for (const { what, peer } of pages) {
    const [ours, theirs]: [Times[], Times[]] = [[], []];
    await timesOf(stage, ada, notebook, peer.id);
    for (let turn = 0; turn < turns; turn += 1) {
      const full = async () => { ours.push(await timesOf(stage, ada, notebook, peer.id)); };
      const none = async () => { theirs.push(await timesOf(stage, ada, notebook, empty.id)); };
      for (const take of turn % 2 === 0 ? [full, none] : [none, full]) await take();
    }
    out.push(...figures(what, ours, theirs));
  }
  return out;
}

function figures(what: string, ours: readonly Times[], theirs: readonly Times[]): Figure[] {
  const [shown, editable] = [ours.map((times) => times.shown), ours.map((times) => times.editable)];
  const figure = (row: string, mine: readonly number[], against: string, runs: readonly number[], most: number): Figure => ({
    what: row, unit: "nanoseconds", ours: mine, baseline: { what: against, runs }, goal: { "at-most": most },
  });
  return [
    figure(`${what}, from nothing until its text is drawn`, shown, "until it can be written in", editable, 0.9),
    figure("  until its text is drawn", shown, "an empty page", theirs.map((times) => times.shown), 2),
    figure("  until it can be written in", editable, "an empty page", theirs.map((times) => times.editable), 2),
  ];
}

/** A window that was never open in this browser, on the page that was open last. */
async function timesOf(stage: Stage, { ready }: Device, notebook: string, page: string): Promise<Times> {
  const context = await stage.context();
  const window = await context.newPage();
  await window.addInitScript(([there, open]) => {
    localStorage.setItem("notebook", there ?? "");
    localStorage.setItem("page", open ?? "");
    const seen: Record<string, number> = {};
    Object.assign(globalThis, { seen });
    // What is there when a frame begins is drawn by it, whatever keeps the window busy afterwards.
    const look = () => {
      const body = document.querySelector(".page-body");
      const note = (what: string) => { seen[what] ??= performance.now(); };
      if (body !== null && (body.textContent ?? "") !== "") note("shown");
      if (body?.getAttribute("contenteditable") === "true") note("editable");
      if (seen["editable"] === undefined) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, [notebook, page]);
  await window.goto(ready.http);
  await window.waitForFunction(() => (globalThis as unknown as { seen: Record<string, number> }).seen["editable"] !== undefined);
  const seen = await window.evaluate(() => (globalThis as unknown as { seen: { shown: number; editable: number } }).seen);
  await context.close();
  return { shown: seen.shown * 1e6, editable: seen.editable * 1e6 };
}
