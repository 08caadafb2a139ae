import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Journeys take the real program; all other tests take nothing but Node.js.
const journeys = process.env["HEDGEROW_PROGRAM"] !== undefined;

export default defineConfig({
  plugins: [svelte()],
  build: { target: "es2022" },
  // Component tests need the browser's half of Svelte.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  test: {
    setupFiles: ["tests/automerge.ts"],
    include: journeys ? ["tests/journeys/**/*.test.ts"] : ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: journeys ? [] : ["tests/journeys/**", "node_modules/**"],
    maxWorkers: 1,
    testTimeout: journeys ? 120_000 : 30_000,
    hookTimeout: journeys ? 120_000 : 10_000,
  },
});
