// The pretend node's window, built and served, and a browser to look at it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const here = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Built, and not served as it is written: then a page is one file, where it would be some hundred, and nothing is left to
 * prepare while somebody waits for a picture. What the window itself is built from is none of its concern.
 */
export async function house() {
  const outDir = await mkdtemp(join(tmpdir(), "hedgerow-look-"));
  const common = { root: here("tests/preview"), configFile: false, logLevel: "error" };
  await build({ ...common, plugins: [svelte({ configFile: here("svelte.config.js") })], build: { outDir, target: "es2022", minify: false, emptyOutDir: true } });
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "127.0.0.1" } });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const close = async () => {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  };
  return { browser, url: server.resolvedUrls.local[0], close };
}
