// Compiles the messages into functions. The compiler reports success even when the plugin that reads the messages could
// not be loaded, and then every message is missing: so they are counted.
import { compile } from "@inlang/paraglide-js";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await compile({
  project: here("project.inlang"),
  outdir: here("src/paraglide"),
  strategy: ["globalVariable", "baseLocale"],
  emitTsDeclarations: true,
  emitGitIgnore: false,
});

const written = Object.keys(JSON.parse(await readFile(here("messages/en.json"), "utf8"))).filter((key) => !key.startsWith("$"));
const { m } = await import(new URL("../src/paraglide/messages.js", import.meta.url));
const compiled = written.filter((key) => typeof m[key] === "function");
if (compiled.length !== written.length) {
  throw new Error(`${compiled.length} of ${written.length} messages were compiled; is @inlang/plugin-message-format installed?`);
}
console.log(`${compiled.length} messages compiled`);
