import { expect, test } from "vitest";
import { compareOrder, placing, readOrder, type Chance, type Placed } from "./order";

/** The same chance each time a story is told. */
function dice(seed: number): Chance {
  let state = seed * 7_919_003;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Puts one at an index, and gives all of them in the order in which whoever reads has them. */
function put(id: string, all: readonly Placed[], index: number, chance: Chance): Placed[] {
  const others = all.filter((one) => one.id !== id);
  const places = new Map(placing(id, others, index, chance).map((one) => [one.id, one.order]));
  const known = others.some((one) => one.id === id) ? others : [...others, { id, order: null }];
  return known.map((one) => ({ ...one, order: places.get(one.id) ?? one.order })).sort(compareOrder);
}

test("wherever Ada puts an action among 100, there it stands", () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const chance = dice(seed);
    let all: Placed[] = [];
    const told: string[] = [];
    for (let count = 0; count < 100; count += 1) {
      const index = Math.floor(chance() * (all.length + 1));
      all = put(`n${count}`, all, index, chance);
      told.splice(index, 0, `n${count}`);
    }
    expect(all.map(({ id }) => id), `seed ${seed}`).toEqual(told);
  }
});

test("one after the other at the end, and at the beginning, places stay short", () => {
  const chance = dice(7);
  let all: Placed[] = [];
  for (let count = 0; count < 200; count += 1) all = put(`n${count}`, all, all.length, chance);
  for (let count = 200; count < 400; count += 1) all = put(`n${count}`, all, 0, chance);
  expect(Math.max(...all.map(({ order }) => order?.length ?? 99))).toBeLessThanOrEqual(8);
});

test("always between the same two there is room, and a place that can be read", () => {
  const chance = dice(3);
  let all = put("last", put("first", [], 0, chance), 1, chance);
  for (let count = 0; count < 200; count += 1) all = put(`n${count}`, all, 1, chance);
  expect(all.map(({ id }) => id)).toEqual(["first", ...Array.from({ length: 200 }, (_, at) => `n${199 - at}`), "last"]);
  expect(all.every(({ order }) => readOrder(order) === order)).toBe(true);
});

test("two who put something at the same place at once have different places", () => {
  const all = put("b", put("a", [], 0, dice(1)), 1, dice(2));
  const [ada] = placing("ada's", all, 1, dice(11));
  const [bo] = placing("bo's", all, 1, dice(12));
  expect(ada?.order).not.toBe(bo?.order);
});

test("what has the same place, or none that can be read, stands in the order of ids, and Ada can still put it where she wants", () => {
  const chance = dice(5);
  const tied: Placed[] = [{ id: "a", order: "5" }, { id: "b", order: "5" }, { id: "c", order: null }, { id: "d", order: null }];
  expect([...tied].reverse().sort(compareOrder).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  expect(put("x", tied, 1, chance).map(({ id }) => id)).toEqual(["a", "x", "b", "c", "d"]);
  expect(put("x", tied, 3, chance).map(({ id }) => id)).toEqual(["a", "b", "c", "x", "d"]);
  expect(put("x", tied, 4, chance).map(({ id }) => id)).toEqual(["a", "b", "c", "d", "x"]);
});

test("among places that somebody else wrote with letters there is one too", () => {
  const chance = dice(9);
  const theirs: Placed[] = ["0a", "3", "3a", "3b", "k", "k4", "k4V", "z"].map((order, at) => ({ id: `t${at}`, order }));
  for (let index = 0; index <= theirs.length; index += 1) {
    const told = theirs.map(({ id }) => id);
    told.splice(index, 0, "x");
    expect(put("x", theirs, index, chance).map(({ id }) => id)).toEqual(told);
  }
});

test("a place of a megabyte, or of other signs than can be compared, is none", () => {
  expect(readOrder("5".repeat(1_000_000))).toBeNull();
  expect(readOrder("ŵ")).toBeNull();
  expect(readOrder("-5")).toBeNull();
  expect(readOrder("")).toBeNull();
  expect(readOrder(null)).toBeNull();
  expect(readOrder("41")).toBe("41");
});
