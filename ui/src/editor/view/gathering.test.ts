import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gathering } from "./gathering";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

/** A window that takes ten milliseconds to take something in, whatever it is. */
function windowOf(): { gathering: Gathering<string>; took: string[]; hold: (isHeld: boolean) => void } {
  const took: string[] = [];
  let [clock, held] = [0, false];
  const take = (gathered: readonly string[]) => {
    clock += 10;
    took.push(gathered.join(""));
  };
  const gathering = new Gathering(take, () => held, () => clock + Date.now());
  return { gathering, took, hold: (isHeld) => void (held = isHeld) };
}

test("what Bo types is shown at once, and what comes while that was costly comes together", () => {
  const { gathering, took } = windowOf();
  gathering.add(["a"]);
  expect(took).toEqual(["a"]);
  for (const letter of "bcd") gathering.add([letter]);
  expect(took).toEqual(["a"]);
  vi.advanceTimersByTime(70);
  expect(took).toEqual(["a", "bcd"]);
  vi.advanceTimersByTime(500);
  gathering.add(["e"]);
  expect(took).toEqual(["a", "bcd", "e"]);
});

test("nothing comes while Ada composes a character, and all of it afterwards", () => {
  const { gathering, took, hold } = windowOf();
  gathering.add(["a"]);
  gathering.add(["b"]);
  hold(true);
  vi.advanceTimersByTime(500);
  gathering.add(["c"]);
  expect(took).toEqual(["a"]);
  hold(false);
  gathering.flush();
  expect(took).toEqual(["a", "bc"]);
});
