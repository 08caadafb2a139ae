/** A plan of several organisations: empty, with a few actions, or with many. */

import type { PretendDoor } from "../pretend-door";
import { actionKey } from "../../src/plan/plan-document";
import { dayOf, dayNumber, todayOf } from "../../src/plan/days";
import type { FirstSayings } from "../../src/plan/plan-replica";
import { block } from "./rota";

/** So many days from today. */
const day = (days: number) => dayOf((dayNumber(todayOf(new Date())) ?? 0) + days);
const WHY = "Nobody goes home from hospital to a cold house this winter. Last year eleven people came back within a week, and each of us had seen a part of why.";
const OUTCOMES = ["Everybody who goes home is met at the door", "No house on the list is below 18 degrees", "Mae pawb yn gwybod pwy i'w ffonio, yn Gymraeg ac yn Saesneg"];
const PARTNERS = ["NHS trust", "Canolfan Gymunedol y Bont", "Police", "Housing association", "County council"];

interface Draft extends FirstSayings {
  readonly text: string;
  readonly serves?: number;
  readonly notes?: string;
}

const FIVE: readonly Draft[] = [
  { text: "Ring every home on the list before the first frost", serves: 0, owner: "bo", partner: "NHS trust", start: day(-20), due: day(-4), status: "doing", notes: "Mrs Parri has the list from last year. Whoever rings asks who else comes by." },
  { text: "Find drivers who can wait until the heating is on", serves: 0, owner: "cy", partner: "Canolfan Gymunedol y Bont", start: day(-2), due: day(12) },
  { text: "Fit the 40 heaters that came in October", serves: 1, owner: "gethin rhys", partner: "Housing association", start: day(-30), due: day(-9), status: "done" },
  { text: "Agree one telephone number, and who answers it at night", serves: 2, partner: "Police", due: day(0) },
  { text: "Leaflets through every door", serves: 2, owner: "ada", partner: "County council", status: "stopped", notes: "Nobody read them last year." },
];

function many(): Draft[] {
  const deeds = ["Visit", "Ring", "Check the boiler in", "Take a meal to", "Ffonio'r teulu yn", "Agree who holds the key of"];
  const streets = ["Mill Lane", "Chapel Row", "Tŷ Gwyn", "Heol y Bont", "Station Road", "the flats behind the school"];
  return Array.from({ length: 55 }, (_, at) => {
    const [start, status] = [day(at * 5 - 60), ["todo", "todo", "doing", "done", "stopped"][at % 5] ?? "todo"];
    return {
      text: `${deeds[at % 6] ?? ""} ${streets[Math.floor(at / 6) % 6] ?? ""}, round ${at + 1}`,
      ...(at % 4 === 3 ? {} : { serves: at % 3 }),
      ...(at % 7 === 2 ? {} : { owner: ["ada", "bo", "cy"][at % 3] ?? "bo" }),
      ...(at % 9 === 5 ? {} : { partner: PARTNERS[at % 5] ?? "" }),
      ...(at % 8 === 6 ? {} : { ...(at % 2 === 0 ? { start } : {}), due: day(at * 5 - 50) }),
      status,
    };
  });
}

/** Puts a plan into the first notebook, so that it is the page that was changed last. */
export function fillPlan(door: PretendDoor, size: "empty" | "few" | "many"): void {
  const [notebook] = door.notebooks;
  if (notebook === undefined) return;
  door.now = new Date().toISOString().replace(/\.\d+/, "");
  const notes = size === "empty" ? [] : [block("paragraph", "We meet in the chapel every other Thursday. What is said there stays there; what is agreed stands here.")];
  const page = door.page(notebook.id, size === "empty" ? "Untitled plan" : "Warm homes by winter / Cartrefi cynnes", ["Ada", "Bo"], notes, "plan");
  if (size === "empty") return;
  door.history.planned(page, "Bo", (plan) => {
    plan.write(["f/why"], WHY);
    const served = OUTCOMES.map((text) => plan.addOutcome(text));
    const odd: Draft[] = size === "many" ? [{ text: "Ask the river board about the pump", status: "paused", due: "soon", start: "0000-01-01" }, { text: "", owner: "di" }] : [];
    for (const { text, serves, notes: noted, ...said } of [...FIVE, ...(size === "many" ? many() : []), ...odd]) {
      const id = plan.addAction({ ...said, outcome: serves === undefined ? null : (served[serves] ?? null) }, { among: plan.plan.actions, before: null }, text);
      if (noted !== undefined) plan.write([actionKey(id), "notes"], noted);
    }
  });
}
