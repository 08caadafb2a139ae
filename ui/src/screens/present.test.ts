import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PretendDoor } from "../../tests/pretend-door";
import type { Caret, Notice } from "../door/door";
import { GONE_AFTER, Present, initials } from "./present.svelte";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** A page on Ada's screen, and the door by which her node says what happens. */
function onScreen(): { here: Present; door: PretendDoor } {
  const door = new PretendDoor();
  return { here: new Present(door, "plan"), door };
}

const AT: Caret = { anchor: "1@aa", head: "2@aa" };

function present(device: string, person: string, caret: Caret | null = AT, page = "plan"): Notice {
  const name = person.charAt(0).toUpperCase() + person.slice(1);
  return { notice: "present", notebook_id: "n", page_id: page, device_id: device, person: name, person_id: person, caret };
}

test("Bo is on the page until he leaves it, and only on this one", () => {
  const { here, door } = onScreen();
  door.say(present("bo's laptop", "bo"));
  door.say(present("cy's phone", "cy", AT, "another page"));
  expect(here.others.map(({ name, caret }) => [name, caret])).toEqual([["Bo", AT]]);
  door.say(present("bo's laptop", "bo", { anchor: "9@aa", head: "9@aa" }));
  expect(here.others.map(({ caret }) => caret.head)).toEqual(["9@aa"]);
  door.say(present("bo's laptop", "bo", null));
  expect(here.others).toEqual([]);
});

test("whoever is cut off, or says nothing for half a minute, is not shown as being here", () => {
  const { here, door } = onScreen();
  door.say(present("bo's laptop", "bo"));
  door.say(present("cy's phone", "cy"));
  door.say({ notice: "peer_disconnected", device_id: "cy's phone", person: "Cy" });
  expect(here.others.map(({ person }) => person)).toEqual(["bo"]);
  vi.advanceTimersByTime(GONE_AFTER - 1);
  expect(here.others.map(({ person }) => person)).toEqual(["bo"]);
  vi.advanceTimersByTime(1);
  expect(here.others).toEqual([]);
});

test("two people never have one colour, and one person has the same on every device", () => {
  const { here, door } = onScreen();
  for (const person of ["ada", "bo", "cy", "di", "eve", "fay", "gwen", "huw"]) door.say(present(`${person}'s laptop`, person));
  expect(new Set(here.others.map(({ colour }) => colour)).size).toBe(8);
  door.say(present("gwen's phone", "gwen"));
  const gwens = here.others.filter(({ person }) => person === "gwen").map(({ colour }) => colour);
  expect(gwens).toHaveLength(2);
  expect(gwens[0]).toBe(gwens[1]);
});

test("where Ada is is said when she moves, not more often than can be seen, and again so that nobody takes her for gone", () => {
  const { here, door } = onScreen();
  const said = () => door.asked.filter((name) => name === "be_present").length;
  here.isAt(() => null);
  vi.advanceTimersByTime(1_000);
  expect(said(), "there is no caret yet").toBe(0);
  for (let at = 0; at < 30; at += 1) {
    here.isAt(() => ({ anchor: `${at}@aa`, head: `${at}@aa` }));
    vi.advanceTimersByTime(10);
  }
  expect(said()).toBe(3);
  here.isAt(() => ({ anchor: "29@aa", head: "29@aa" }));
  vi.advanceTimersByTime(20_000);
  const still = said();
  expect(still).toBeGreaterThanOrEqual(5);
  here.end();
  vi.advanceTimersByTime(60_000);
  expect(said(), "she has left the page").toBe(still);
});

test("whoever comes to the page is told at once who is there already, and once", () => {
  const { here, door } = onScreen();
  const said = () => door.asked.filter((name) => name === "be_present").length;
  here.isAt(() => AT);
  vi.advanceTimersByTime(1_000);
  const before = said();
  door.say(present("bo's laptop", "bo"));
  door.say(present("bo's laptop", "bo"));
  vi.advanceTimersByTime(1_000);
  expect(said()).toBe(before + 1);
});

test("initials are of the first and the last name", () => {
  expect(["Ada Pritchard", "Bo", "Siân ap Rhys", "ŵyn  lloyd ", ""].map(initials)).toEqual(["AP", "B", "SR", "ŴL", ""]);
});
