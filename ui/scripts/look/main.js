// Looks at the app's window on a pretend node: a picture of every screen and state, on a phone and a desk, by day and by
// night, in English and Welsh, and what axe finds wrong with each.
// `npm run look [-- [--into FOLDER] [STATE | SIZE | THEME | LANGUAGE ...]]`

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { wanted } from "./asked.js";
import { house } from "./house.js";
import { Looker } from "./picture.js";
import { STATES } from "./states/all.js";
import { Tally } from "./tally.js";

const { folder, visits, problem } = wanted(process.argv.slice(2), STATES);
if (problem !== null) {
  console.error(problem);
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const { browser, url, close } = await house();
const tally = new Tally();
// One page more than there are processors: while one waits for what it is shown, another is drawn.
await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
await close();
console.log(tally.table(folder));
process.exitCode = tally.isClean ? 0 : 1;

async function work() {
  const looker = new Looker(browser, url, folder, tally);
  for (let visit = visits.shift(); visit !== undefined; visit = visits.shift()) await looker.look(visit);
}
