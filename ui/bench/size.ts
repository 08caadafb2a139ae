/** How much of the window crosses before it runs. */

import { readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Figure } from "./figure";

const ASSETS = fileURLToPath(new URL("../dist/assets", import.meta.url));

/** The bytes that files of a kind in what was built take, packed. */
export async function packed(ending: string): Promise<number> {
  const names = (await readdir(ASSETS)).filter((name) => name.endsWith(ending));
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(`${ASSETS}/${name}`)).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export async function size(): Promise<Figure[]> {
  const figure = (what: string, bytes: number, goal: Figure["goal"]): Figure => ({ what, unit: "bytes", ours: [bytes], baseline: null, goal });
  return [
    figure("the window's code, gzip", await packed(".js"), { "at-most": 400_000 }),
    figure("  Automerge beside it, gzip", await packed(".wasm"), null),
  ];
}
