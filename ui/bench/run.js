// Measures the window: `npm run bench [rows]`. Node.js has no way of its own to run TypeScript with what Vite resolves.
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const here = fileURLToPath(new URL("./main.ts", import.meta.url));
const { module } = await runnerImport(here, { configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)), logLevel: "warn" });
await module.measure(process.argv.slice(2));
