/** What is kept of a journey that failed: what happened in each window, step by step, and how it looked at the end. */

import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "playwright-core";
import type { RunnerTask } from "vitest";

const FOLDER = fileURLToPath(new URL("../../test-failures", import.meta.url));

/** Where to keep it: a folder for the journey, in which files begin with the name of the window. */
export function trail(task: Pick<RunnerTask, "name" | "file">, window: string): string {
  const plain = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  return join(FOLDER, plain(basename(task.file.name, ".test.ts")), plain(task.name), plain(window));
}

/** A browser's context ends; what happened in it is kept if there is somewhere to keep it. */
export async function ends(context: BrowserContext, kept: string | null): Promise<void> {
  if (kept === null) {
    await context.tracing.stop();
  } else {
    await mkdir(join(kept, ".."), { recursive: true });
    for (const [at, page] of context.pages().entries()) {
      // A window that hangs has no picture; what led there is in the trace.
      await page.screenshot({ path: `${kept}-${at + 1}.png`, timeout: 5_000 }).catch(() => undefined);
    }
    await context.tracing.stop({ path: `${kept}-trace.zip` });
  }
  await context.close();
}
