import { expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { Chance } from "../../tests/fuzz/chance";
import { Alphabet, someBlocks } from "../../tests/fuzz/deeds";
import { normal, type Block } from "../editor/blocks";
import { compared, countWords, differs, type ComparedBlock } from "./page-difference";

const sign = { same: "", added: "+", removed: "-" };

/** A line for each block: what went in `[-]`, what came in `[+]`. */
function told(old: string[], now: string[]): string[] {
  return compared(undrawn(old), undrawn(now)).map(read);
}

function read({ marker, runs, change, was, line, looks }: ComparedBlock): string {
  const text = runs.map((run) => (run.change === "same" ? run.text : `[${sign[run.change]}${run.text}]`)).join("");
  const notes = [was === null ? "" : ` (was ${was.type}${was.checked === undefined ? "" : ` ${String(was.checked)}`})`, line === null ? "" : ` (${line})`, looks ? " (looks)" : ""];
  return `${sign[change]}${marker.type} ${text}${notes.join("")}`;
}

test("words that came and went, whole, each in its block", () => {
  expect(told(["p sandbags at six", "p ring Bo"], ["p sandbags at half past six", "p rings Bo"])).toEqual([
    "paragraph sandbags at [+half past ]six",
    "paragraph [-ring][+rings] Bo",
  ]);
});

test("blocks that came and went, among those that stayed", () => {
  expect(told(["h2 Who", "p Bo", "p Cy", "p Di"], ["h2 Who", "p Di", "[] Eira"])).toEqual([
    "heading Who",
    "-paragraph [-Bo]",
    "-paragraph [-Cy]",
    "paragraph Di",
    "+task-list-item [+Eira]",
  ]);
});

test("a line that was split or joined keeps its words, and a block that became something else says so", () => {
  expect(told(["p sandbags ring Bo"], ["p sandbags", "p ring Bo"])).toEqual(["paragraph sandbags[- ]", "paragraph ring Bo (split)"]);
  expect(told(["p sandbags", "p ring Bo"], ["p sandbags ring Bo"])).toEqual(["paragraph sandbags[+ ]ring Bo (joined)"]);
  expect(told(["p Who", "[] ring Bo"], ["h2 Who", "[x] ring Bo"])).toEqual(["heading Who (was paragraph)", "task-list-item ring Bo (was task-list-item false)"]);
});

test("words that look otherwise are told, and are no words that came or went", () => {
  const block = (...marks: Block["marks"]): Block[] => [{ type: "paragraph", parents: [], text: "ring Bo", marks }];
  const blocks = compared(block(), block({ from: 0, to: 4, type: "strong", value: true }));
  expect(blocks.map(read)).toEqual(["paragraph ring Bo (looks)"]);
  expect([countWords(blocks, "added"), countWords(blocks, "removed")]).toEqual([0, 0]);
});

test("words are counted", () => {
  const blocks = compared(undrawn(["p sandbags at six", "p gone for good"]), undrawn(["p sandbags at half past six"]));
  expect([countWords(blocks, "added"), countWords(blocks, "removed")]).toEqual([2, 3]);
});

test("whatever differs: what stayed and what went is the old page, what stayed and what came is the new one", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const chance = new Chance(seed);
    const alphabet = new Alphabet();
    const old = normal(someBlocks(chance, alphabet, 6));
    const kept = old.filter(() => chance.chance(0.7)).map((block) => (chance.chance(0.4) ? { ...block, text: block.text.slice(1) + "ok", marks: [] } : block));
    const now = normal([...kept.slice(0, 2), ...someBlocks(chance, alphabet, 2), ...kept.slice(2)]);
    const blocks = compared(old, now);
    const side = (change: "added" | "removed") => blocks.flatMap(({ runs }) => runs.filter((run) => run.change !== change).map(({ text }) => text)).join("");
    expect([seed, side("added"), side("removed")]).toEqual([seed, old.map(({ text }) => text).join(""), now.map(({ text }) => text).join("")]);
    expect(compared(now, now).some(differs)).toBe(false);
  }
});

test("a word in each paragraph of a long page is found in each of them, in time", () => {
  const page = (word: string) => Array.from({ length: 400 }, (_, at) => `p paragraph ${at} says that ${word} streets flooded in one night and that nobody knew who was to open the hall number ${at}`);
  const begun = performance.now();
  const blocks = compared(undrawn(page("four")), undrawn(["p first", ...page("five")]));
  expect(performance.now() - begun).toBeLessThan(3_000);
  expect(blocks.filter(differs)).toHaveLength(401);
  expect([countWords(blocks, "added"), countWords(blocks, "removed")]).toEqual([401, 400]);
});
