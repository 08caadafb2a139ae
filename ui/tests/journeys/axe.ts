/** What axe finds wrong with what is on the screen. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Axe {
  run(options: object): Promise<{ violations: readonly { id: string; nodes: readonly { target: readonly unknown[]; failureSummary?: string }[] }[] }>;
}

/** Axe finds nothing wrong with what is on the screen; `state` is what that is, for whoever reads what it found. */
export async function isClean(page: Page, state: string): Promise<void> {
  // What is on its way in or out is half there.
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await source);
  const { violations } = await page.evaluate((runOnly) => (globalThis as unknown as { axe: Axe }).axe.run({ runOnly, resultTypes: ["violations"] }), RULES);
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${state}: ${id}: ${target.join(" ")}: ${failureSummary ?? ""}`));
  expect(found).toEqual([]);
}
