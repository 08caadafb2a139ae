import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Seldom } from "./seldom";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test("a list is read at once, and once more for all that happened meanwhile", async () => {
  let read = 0;
  const list = new Seldom(() => Promise.resolve(void (read += 1)), 300);
  await list.ask();
  expect(read).toBe(1);
  const later = ["a", "b", "c"].map(() => list.ask());
  await vi.advanceTimersByTimeAsync(299);
  expect(read).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await Promise.all(later);
  expect(read).toBe(2);
});

test("what happens while it is read has it read again afterwards, never twice at a time", async () => {
  const answers: (() => void)[] = [];
  const list = new Seldom(() => new Promise((answered) => answers.push(answered)), 300);
  const first = list.ask();
  await vi.advanceTimersByTimeAsync(0);
  const second = list.ask();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await second;
});

test("whoever asked hears that it failed, and it is tried again when it is asked for again", async () => {
  let isAway = true;
  const list = new Seldom(() => (isAway ? Promise.reject(new Error("away")) : Promise.resolve()), 300);
  await expect(list.ask()).rejects.toThrow("away");
  isAway = false;
  const again = list.ask();
  await vi.advanceTimersByTimeAsync(300);
  await expect(again).resolves.toBeUndefined();
});
