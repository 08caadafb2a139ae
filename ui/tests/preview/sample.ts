/** What the pretend node has: three notebooks, and a page that several people wrote over a week. */

import type { Block } from "../../src/editor/blocks";
import type { PretendDoor } from "../pretend-door";
import { home } from "./home";
import { block, rota } from "./rota";

const today = new Date();
const at = (days: number, hours: number, minutes: number) =>
  new Date(today.getFullYear(), today.getMonth(), today.getDate() - days, hours, minutes).toISOString().replace(/\.\d+/, "");

export async function fill(door: PretendDoor, isLong: boolean): Promise<void> {
  const flood = door.notebook("Flood rota");
  const beds = door.notebook("Gwelyau'r gaeaf / Winter beds", "reader");
  door.notebook("Strategaeth tai / Housing strategy", "writer");
  const old = (days: number, make: () => string): string => {
    door.now = at(days, 10, 42);
    return make();
  };
  if (isLong) {
    const line = (number: number) => ({ id: `l${number}`, title: `Night ${number}`, template: "note", updated: at(number % 400, 9, 0), authors: ["Bo"], author_ids: ["bo"] });
    for (let number = 1; number <= 2_000; number += 1) door.pages.unshift({ line: line(number), notebook: flood, document: new Uint8Array(), changes: [], isDeleted: false });
  }
  old(12, () => door.page(flood, "Cinio dydd Iau a'r ffordd adref o'r ysbyty", ["Gethin Rhys"], home()));
  old(3, () => door.page(flood, "What we stopped doing, and what happened when we did", ["Bo", "Cy"], [block("paragraph", "Nothing.")]));
  old(1, () => door.page(flood, "After the January flood: a reflection", ["Cy"], [block("paragraph", "Have we specified the right thing?")]));
  const page = old(6, () => door.page(flood, "Night rota", ["Ada"], rota().slice(0, 4)));
  write(door, page);
  door.page(beds, "Discharge before noon", ["Bo"], [block("paragraph", "Read by those who are on the ward.")]);
  const challenge = "Four streets flood in one night, and five organisations each hold a part of what has to happen.";
  await door.ask("describe_notebook", { notebook: flood, challenge, ground_rules: "Whoever is on call decides.\nWe say what we do not know.", review_date: at(20, 0, 0).slice(0, 10) });
  door.holders.set(flood, [
    { person: "Bo", person_id: "bo", device_id: "d2", has_all: true, agreed: at(0, 10, 42), connected: true, last_seen: at(0, 10, 42) },
    { person: "Cy", person_id: "cy", device_id: "d3", has_all: false, agreed: at(2, 17, 5), connected: false, last_seen: at(2, 17, 6) },
  ]);
  door.onNotebooks.waiting.set(flood, 3);
  door.onNotebooks.refused.set(flood, [
    { record: "r1", author: "Di", author_id: "di", page, why: "a reader may not write on pages" },
    { record: "r2", author: null, author_id: null, page: null, why: "it is not signed by a device that is known here" },
  ]);
  door.onNotebooks.peers.push({ person: "Cy", person_id: "cy", device_id: "d3", connected: false, last_seen: at(2, 17, 6), trouble: "no address of it answers" });
  door.sharing.has(flood, { person_id: "bo", name: "Bo", role: "writer", organisation: "NHS trust", job: "Ward manager" });
  door.sharing.has(flood, { person_id: "cy", name: "Cy", role: "reader", organisation: "Canolfan Gymunedol y Bont", job: "Cydlynydd gwirfoddolwyr" });
  door.sharing.has(flood, { person_id: "di", name: "Di", role: null, state: "awaits_admin", organisation: "Police", job: "Neighbourhood inspector", why: "set their role to let them in" });
  const link = { uses: 1, used: 0, expires: at(-6, 10, 42), by: "Ada", by_id: "ada", redemptions: [] };
  const used = (person: string, state: "seated" | "awaits_admin" | "void") => ({ person, person_id: person.toLowerCase(), state, why: null });
  door.sharing.invitations.set(flood, [
    { ...link, invitation: "i1", role: "writer", uses: 12, used: 2, state: "open", redemptions: [used("Bo", "seated"), used("Cy", "seated")] },
    { ...link, invitation: "i2", role: "reader", state: "open", by: "Bo", by_id: "bo" },
    { ...link, invitation: "i3", role: "admin", used: 1, state: "used_up", redemptions: [used("Di", "awaits_admin")] },
    { ...link, invitation: "i4", role: "reader", expires: at(3, 10, 42), state: "expired" },
    { ...link, invitation: "i5", role: "commenter", state: "cut", redemptions: [used("Eira", "void")] },
  ]);
  door.inbox.push(
    { id: "c1", text: "Mrs Parri says the chapel would open at night if somebody else holds the key", when: at(0, 8, 15), at: null },
    { id: "c2", text: "Ask Bo: who pays for the second pump?", when: at(1, 16, 0), at: null },
  );
}

/** What became of the rota: who wrote what, over a week. */
function write(door: PretendDoor, page: string): void {
  const now = rota();
  const [why, before, ...rest] = now;
  const without = (...gone: string[]) => now.filter(({ text }) => !gone.some((words) => text.startsWith(words)));
  const steps: [number, number, number, string, Block[]][] = [
    [5, 9, 5, "Bo", [...now.slice(0, 5), block("unordered-list-item", "Sandbags go to whoever comes first")]],
    [5, 9, 12, "Bo", [...now.slice(0, 7), block("unordered-list-item", "Sandbags go to whoever comes first")]],
    [5, 9, 30, "Bo", [...now.slice(0, 8)]],
    [3, 17, 50, "Gethin Rhys", without("Agree", "Find", "We were", "level")],
    [1, 8, 20, "Cy", without("Find", "level").map((one) => (one.type === "blockquote" ? { ...one, text: "We were told to wait for the van." } : one))],
    [1, 8, 40, "Cy", without("level")],
    [0, 7, 55, "Ada", [...(why === undefined ? [] : [why]), ...(before === undefined ? [] : [{ ...before, text: "Before the rain comes" }]), ...rest]],
    [0, 8, 10, "Ada", now],
  ];
  for (const [days, hours, minutes, who, blocks] of steps) {
    door.now = at(days, hours, minutes);
    door.history.wrote(page, who, blocks);
  }
  const kept = door.pages.find(({ line }) => line.id === page);
  if (kept === undefined) return;
  door.history.named(kept, { person_id: "ada", name: "Ada", device_id: "ada's laptop" }, "Night rota for the four streets");
  kept.line = { ...kept.line, authors: ["Ada", "Bo"], author_ids: ["ada", "bo"] };
}

/** One notebook with one page, and nobody else in it; the page is a very long one if it is to be. */
export function fillAlone(door: PretendDoor, isLong: boolean): void {
  door.now = at(0, 8, 10);
  const notebook = door.notebook("Flood rota");
  const blocks = isLong ? Array.from({ length: 80 }, () => rota()).flat() : rota();
  door.page(notebook, "Night rota for the four streets", ["Ada"], blocks);
}
