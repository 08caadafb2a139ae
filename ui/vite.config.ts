import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Journeys take the real program, and those in the app's own window that app too; all other tests take nothing but Node.js.
const inApp = process.env["HEDGEROW_APP"] !== undefined;
const journeys = inApp || process.env["HEDGEROW_PROGRAM"] !== undefined;
const given = inApp ? ["tests/window/**/*.test.ts"] : ["tests/journeys/**/*.test.ts"];

export default defineConfig({
  plugins: [svelte()],
  // One page for a browser, one for the app's own window: they differ in their door alone.
  build: { target: "es2022", rollupOptions: { input: ["index.html", "shell.html"].map((page) => fileURLToPath(new URL(page, import.meta.url))) } },
  // Component tests need the browser's half of Svelte.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  test: {
    setupFiles: ["tests/automerge.ts"],
    include: journeys ? given : ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: journeys ? [] : ["tests/journeys/**", "tests/window/**", "node_modules/**"],
    maxWorkers: 1,
    testTimeout: journeys ? 120_000 : 30_000,
    hookTimeout: journeys ? 120_000 : 10_000,
  },
});
