import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Journeys take the real program, those in the app's own window that app too, and those of the installed app a machine that
// has it; all other tests take nothing but Node.js.
const given = (["WITHIN", "APP", "PROGRAM"] as const).find((name) => process.env[`HEDGEROW_${name}`] !== undefined);
const journeys = given !== undefined;
const folders = { WITHIN: "installed", APP: "window", PROGRAM: "journeys" };

export default defineConfig({
  plugins: [svelte()],
  // One page for a browser, one for the app's own window: they differ in their door alone.
  build: { target: "es2022", rollupOptions: { input: ["index.html", "shell.html"].map((page) => fileURLToPath(new URL(page, import.meta.url))) } },
  // Component tests need the browser's half of Svelte.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  test: {
    setupFiles: ["tests/automerge.ts"],
    include: journeys ? [`tests/${folders[given]}/**/*.test.ts`] : ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: journeys ? [] : [...Object.values(folders).map((folder) => `tests/${folder}/**`), "node_modules/**"],
    maxWorkers: 1,
    testTimeout: journeys ? 120_000 : 30_000,
    hookTimeout: journeys ? 120_000 : 10_000,
  },
});
