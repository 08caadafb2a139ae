/** What happens while the window is open, called by name from outside of it. */

import { PageReplica } from "../../src/editor/page-replica";
import { Fault } from "../../src/door/door";
import { undrawn } from "../drawn";
import type { PretendDoor } from "../pretend-door";

export function later(door: PretendDoor): Readonly<Record<string, (...words: string[]) => void>> {
  const page = (beginning: string) => door.pages.findIndex(({ line }) => line.title.startsWith(beginning));
  return {
    /** From now on the node cannot do this. */
    fails: (name = "", say = "") => void door.faults.set(name, new Fault("failed", say, "en")),
    /** A page is not here any more, and the window has not heard of it. */
    gone: (beginning = "") => void door.pages.splice(page(beginning), 1),
    /** Only a notebook without any page is left. */
    onlyHousing: () => { keep(door, ({ pages }) => pages === 0); },
    nothingLeft: () => { keep(door, () => false); },
    /** Bo and Gethin are on the page that is open, Bo with something selected. */
    peopleCome: () => { come(door, page("Night rota")); },
    /** Something happened in a notebook that is not the one on the screen. */
    changesElsewhere: () => {
      const last = door.notebooks.at(-1);
      if (last !== undefined) door.say({ notice: "page_changed", notebook_id: last.id, page_id: "", here: false });
    },
    /** Bo wrote after he was removed, and somebody put a copy of a folder back. */
    bothAside: () => {
      const rota = door.pages[page("Night rota")];
      if (rota === undefined) return;
      door.history.wroteAside(rota.line.id, "Bo", "late", undrawn(["p Bo has the boats, and the van at the bridge."]));
      door.history.wroteAside(rota.line.id, "Ada Pritchard", "second_version", undrawn(["p Torches in the van."]));
      door.say({ notice: "page_changed", notebook_id: rota.notebook, page_id: rota.line.id, here: false });
    },
    boWrites: () => {
      const rota = door.pages[page("Night rota")];
      if (rota === undefined) return;
      door.history.named(rota, { person_id: "bo", name: "Bo", device_id: "bo's phone" }, "Night rota for five streets");
      door.say({ notice: "page_changed", notebook_id: rota.notebook, page_id: rota.line.id, here: false });
    },
  };
}

function keep(door: PretendDoor, stays: (notebook: PretendDoor["notebooks"][number]) => boolean): void {
  const kept = door.notebooks.filter(stays);
  door.notebooks.splice(0, door.notebooks.length, ...kept);
  door.say({ notice: "missed" });
}

function come(door: PretendDoor, at: number): void {
  const found = door.pages[at];
  if (found === undefined) return;
  const replica = new PageReplica(door.history.bytes(found.line.id), { actor: "77".repeat(40), now: () => 0, save: () => undefined });
  const cursor = (place: number) => replica.cursorAt(place) ?? "s";
  const on = { notice: "present", notebook_id: found.notebook, page_id: found.line.id } as const;
  door.say({ ...on, device_id: "d2", person: "Bo", person_id: "bo", caret: { anchor: cursor(70), head: cursor(95) } });
  door.say({ ...on, device_id: "d3", person: "Gethin Rhys", person_id: "gethin rhys", caret: { anchor: cursor(190), head: cursor(190) } });
}
