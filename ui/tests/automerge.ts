// Automerge's wasm from disk, before any test.
import { initializeWasm } from "@automerge/automerge/slim";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const wasm = createRequire(import.meta.url).resolve("@automerge/automerge/automerge.wasm");
await initializeWasm(await readFile(wasm));
