import { expect, test } from "vitest";
import { after, editing } from "../../tests/drawn";
import { asked, choicesFor, choose, CHOICES, type Offer } from "./slash";

const query = (line: string) => asked(editing([line]))?.query ?? null;
const welsh: Partial<Record<Offer["id"], string>> = { heading1: "Prif bennawd", tasks: "Tasgau", table: "Tabl", numbers: "Rhestr â rhifau" };
const nameOf = ({ id }: Offer) => welsh[id] ?? id;

test("a slash that begins a word asks, one within a word does not", () => {
  expect(query("p /he|")).toBe("he");
  expect(query("p then /|")).toBe("");
  expect(query("p and/or|")).toBeNull();
  expect(query("p /he llo|")).toBeNull();
  expect(query("code /he|")).toBeNull();
});

test("names are found in the person's language, with or without accents, beginnings first", () => {
  expect(choicesFor("rhestr a", nameOf).map(({ id }) => id)).toEqual(["numbers"]);
  expect(choicesFor("ta", nameOf).map(({ id }) => id)).toEqual(["tasks", "table"]);
  expect(choicesFor("â", nameOf).map(({ id }) => id)).toContain("numbers");
  // All that a line can be made into, and a file.
  expect(choicesFor("", nameOf)).toHaveLength(CHOICES.length + 1);
});

test("what is chosen takes the place of the question", () => {
  const state = editing(["p /hea|"]);
  const question = asked(state);
  const heading = CHOICES.find(({ id }) => id === "heading2");
  expect(question !== null && heading !== undefined && after(state, () => choose(state, question, heading))).toEqual(["h2 |"]);
});

test("a new table has cells to write in", () => {
  const state = editing(["p /|"]);
  const question = asked(state);
  const table = CHOICES.find(({ id }) => id === "table");
  const lines = question !== null && table !== undefined ? after(state, () => choose(state, question, table)) : [];
  expect(lines[0]?.replace("|\\n", "\\n")).toContain("table");
  expect(lines[0]).toContain("---");
});
