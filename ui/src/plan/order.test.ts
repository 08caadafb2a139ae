import { expect, test } from "vitest";
import { compareOrder, placing, readOrder, type Placed } from "./order";

/** The same chance each time a story is told. */
function dice(seed: number): () => number {
  let state = seed * 7_919_003;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Puts one at an index, and gives all of them in the order in which whoever reads has them. */
function put(id: string, all: readonly Placed[], index: number): Placed[] {
  const others = all.filter((one) => one.id !== id);
  const places = new Map(placing(id, others, index).map((one) => [one.id, one.order]));
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
      all = put(`n${count}`, all, index);
      told.splice(index, 0, `n${count}`);
    }
    expect(all.map(({ id }) => id), `seed ${seed}`).toEqual(told);
  }
});

test("one after the other at the end, and at the beginning, places stay short", () => {
  let all: Placed[] = [];
  for (let count = 0; count < 200; count += 1) all = put(`n${count}`, all, all.length);
  for (let count = 200; count < 400; count += 1) all = put(`n${count}`, all, 0);
  expect(Math.max(...all.map(({ order }) => order?.length ?? 99))).toBeLessThanOrEqual(4);
});

test("always between the same two there is room, and a place that can be read", () => {
  let all = put("last", put("first", [], 0), 1);
  for (let count = 0; count < 200; count += 1) all = put(`n${count}`, all, 1);
  expect(all.map(({ id }) => id)).toEqual(["first", ...Array.from({ length: 200 }, (_, at) => `n${199 - at}`), "last"]);
  expect(all.every(({ order }) => readOrder(order) === order)).toBe(true);
});

test("places are those that the command line goes on from", () => {
  const all = put("c", put("b", put("a", [], 0), 1), 1);
  expect(all).toEqual([{ id: "a", order: "a0" }, { id: "c", order: "a0V" }, { id: "b", order: "a1" }]);
  expect(put("z", all, 0)[0]).toEqual({ id: "z", order: "Zz" });
});

test("two who put something at the same place at once both stand there, in one order, and there is room between them", () => {
  const all = put("b", put("a", [], 0), 1);
  const merged = [...all, ...placing("x", all, 1), ...placing("w", all, 1)].sort(compareOrder);
  expect(merged.map(({ id }) => id)).toEqual(["a", "w", "x", "b"]);
  expect(put("v", merged, 2).map(({ id }) => id)).toEqual(["a", "w", "v", "x", "b"]);
});

test("what has the same place, or none that can be read, stands in the order of ids, and Ada can still put it where she wants", () => {
  const tied: Placed[] = [{ id: "a", order: "5" }, { id: "b", order: "5" }, { id: "c", order: null }, { id: "d", order: null }];
  expect([...tied].reverse().sort(compareOrder).map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  expect(put("x", tied, 1).map(({ id }) => id)).toEqual(["a", "x", "b", "c", "d"]);
  expect(put("x", tied, 3).map(({ id }) => id)).toEqual(["a", "b", "c", "x", "d"]);
  expect(put("x", tied, 4).map(({ id }) => id)).toEqual(["a", "b", "c", "d", "x"]);
});

test("among places that somebody else wrote with letters there is one too", () => {
  const theirs: Placed[] = ["0a", "3", "3a", "3b", "k", "k4", "k4V", "z"].map((order, at) => ({ id: `t${at}`, order }));
  for (let index = 0; index <= theirs.length; index += 1) {
    const told = theirs.map(({ id }) => id);
    told.splice(index, 0, "x");
    expect(put("x", theirs, index).map(({ id }) => id)).toEqual(told);
  }
});

test("a place that is too long, or of other signs than can be compared, is none", () => {
  expect(readOrder("a".repeat(65))).toBeNull();
  expect(readOrder("ŵ")).toBeNull();
  expect(readOrder("-5")).toBeNull();
  expect(readOrder("")).toBeNull();
  expect(readOrder(null)).toBeNull();
  expect(readOrder("a0V")).toBe("a0V");
});
