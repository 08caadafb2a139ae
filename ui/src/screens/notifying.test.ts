import { expect, test } from "vitest";
import type { Notice } from "../door/door";
import { PretendDoor } from "../../tests/pretend-door";
import { EVENINGS, type QuietHours } from "../words/quiet";
import { Notifying } from "./notifying";

const MORNING = new Date(2026, 10, 24, 10);
const NIGHT = new Date(2026, 10, 24, 23);

/** Ada's app, which she does not look at, with a notebook that she shares. */
function away() {
  const door = new PretendDoor();
  const notebook = door.notebook("Flood rota");
  const lines: string[] = [];
  const around = { isSeen: false, now: MORNING };
  const settings = { notifies: true, quiet: EVENINGS as QuietHours };
  const shell = { notify: (line: string) => void lines.push(line) };
  const notifying = new Notifying(door, shell, settings, { isSeen: () => around.isSeen, now: () => around.now });
  const changed = (here = false): Notice => ({ notice: "page_changed", notebook_id: notebook, page_id: "page", here });
  const hear = async (notice: Notice) => {
    notifying.hear(notice);
    await new Promise((later) => setTimeout(later));
  };
  return { notifying, notebook, lines, around, settings, changed, hear };
}

test("Ada is told once that there is something new, and again after she has looked", async () => {
  const { notifying, lines, changed, hear } = away();
  for (let times = 0; times < 5; times += 1) await hear(changed());
  expect(lines).toEqual(["There is something new in “Flood rota”."]);
  notifying.seen();
  await hear(changed());
  expect(lines).toHaveLength(2);
});

test("that somebody has joined is told beside what is new", async () => {
  const { notebook, lines, changed, hear } = away();
  await hear(changed());
  await hear({ notice: "admitted", notebook_id: notebook, person: "Bo", person_id: "bo", words: [] });
  expect(lines).toEqual(["There is something new in “Flood rota”.", "Somebody has joined “Flood rota”."]);
});

test("nothing is told of what she wrote herself, while she looks, in quiet hours, or when she wants none", async () => {
  const { lines, around, settings, changed, hear } = away();
  await hear(changed(true));
  around.isSeen = true;
  await hear(changed());
  [around.isSeen, around.now] = [false, NIGHT];
  await hear(changed());
  [around.now, settings.notifies] = [MORNING, false];
  await hear(changed());
  expect(lines).toEqual([]);
  settings.notifies = true;
  await hear(changed());
  expect(lines).toHaveLength(1);
});
