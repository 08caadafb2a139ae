/** Measures the window against baselines in the same run, prints a table, and writes `window.jsonl`, a figure in each line. */

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { table, type Figure } from "./figure";
import { opening } from "./opening";
import { size } from "./size";
import { Stage } from "./stage";
import { typing } from "./typing";

const ROWS: Readonly<Record<string, (stage: Stage, isQuick: boolean) => Promise<Figure[]>>> = { typing, opening, size };
const OUT = fileURLToPath(new URL("../../target/bench", import.meta.url));

/** Measures the rows that are named, or all; `--quick` does less, to see that it works: its figures are not to be quoted. */
export async function measure(words: readonly string[]): Promise<void> {
  const isQuick = words.includes("--quick");
  const only = words.filter((word) => word !== "--quick");
  const stage = await Stage.set();
  const figures: Figure[] = [];
  try {
    for (const [name, row] of Object.entries(ROWS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      console.error(`measuring: ${name}`);
      figures.push(...(await row(stage, isQuick)));
    }
  } catch (problem) {
    // Said before everything ends, since what is still on its way fails then.
    console.error(problem);
    throw problem;
  } finally {
    await stage.end();
  }
  await mkdir(OUT, { recursive: true });
  await writeFile(`${OUT}/window.jsonl`, figures.map((figure) => `${JSON.stringify(figure)}\n`).join(""));
  console.log(table(figures));
}
