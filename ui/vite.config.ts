import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  build: { target: "es2022" },
  // Component tests need the browser's half of Svelte.
  resolve: process.env["VITEST"] === undefined ? {} : { conditions: ["browser"] },
  test: {
    setupFiles: ["tests/automerge.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    maxWorkers: 1,
    testTimeout: 30_000,
  },
});
