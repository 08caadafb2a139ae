/**
 * The app's window on a pretend node, for looking at it: `npm run look`. The address says what the node is to be: `?empty`
 * (the first day), `?unnamed`, `?alone` (nobody else, nothing else), `?files` (a page with files),
 * `?plan` (a plan of five actions), `?plan60` and `?planempty`, `?planread` (by somebody who may not write), `?long` (2,000 pages), `?many` (notebooks), `?longpage`, `?away`, `?app` (in the app's own window).
 */

import { initializeWasm } from "@automerge/automerge/slim";
import wasm from "@automerge/automerge/automerge.wasm?url";
import { openWindow } from "../../src/app";
import { Fault } from "../../src/door/door";
import type { Shell } from "../../src/door/shell";
import { PretendDoor } from "../pretend-door";
import { later } from "./later";
import { fill, fillAlone } from "./sample";
import { send } from "./sent";
import { fillPlan } from "./winter-plan";
import { fillFiles } from "./with-files";

/** The app's shell, of which nothing is seen in a picture of the window. */
const shell: Shell = { describe: () => undefined, stand: () => undefined, notify: () => undefined, listen: () => () => undefined, leave: () => undefined };
const is = (word: string) => new URLSearchParams(location.search).has(word);
const MANY = ["Budget brief", "Cynllun lles y sir", "Discharge before noon", "Gofal cartref yn y gogledd-orllewin, 2026-27", "Library hours", "Pump houses", "Tŷ Gwyn", "Youth work"];
const door = new PretendDoor();
if (is("unnamed")) door.identity = { ...door.identity, name: null };
else door.identity = { ...door.identity, organisation: "County council", job: "Resilience officer" };

const target = document.querySelector<HTMLElement>("#window");
if (target !== null) {
  await initializeWasm(wasm);
  if (is("files")) fillFiles(door);
  else if (is("alone") || is("longpage")) fillAlone(door, is("longpage"));
  else if (!is("empty")) await fill(door, is("long"));
  for (const [word, size] of [["plan", "few"], ["planread", "few"], ["plan60", "many"], ["planempty", "empty"]] as const) if (is(word)) fillPlan(door, size);
  if (is("planread")) door.notebooks.splice(0, 1, { ...(door.notebooks[0] as (typeof door.notebooks)[number]), role: "reader" });
  if (is("many")) for (const title of MANY) door.notebook(title);
  if (is("away")) door.faults.set("whoami", new Fault("unreachable", "Hedgerow is not running on this device at the moment. Start it, then try again.", "en"));
  Object.assign(window, { door, links: send(door), ...later(door) });
  await openWindow(target, door, is("app") ? shell : null);
}
