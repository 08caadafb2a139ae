import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const source = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

interface Colour {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
  readonly said: string;
}

const colours: Colour[] = [...source.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);(?: \/\* (.*) \*\/)?/g)].map(
  ([, name = "", light = "", dark = "", said = ""]) => ({ name, light, dark, said }),
);

function named(name: string): Colour {
  const found = colours.find((colour) => colour.name === name);
  if (found === undefined) throw new Error(`there is no colour ${name}`);
  return found;
}

type Theme = "light" | "dark";
type Rgb = readonly [number, number, number];

/** Red, green and blue as amounts of light. */
function amounts(hex: string): Rgb {
  const linear = (at: number) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return [linear(1), linear(3), linear(5)];
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG's contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(amounts(a)), luminance(amounts(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function least(name: string, on: readonly string[], theme: Theme): number {
  return Math.min(...on.map((other) => contrast(named(name)[theme], named(other)[theme])));
}

const PAPERS = ["paper", "surface", "raised"];

/** What a colour is used on, and how much contrast it must have there: by day 7 for all text, by night 7 on papers. */
const USES: readonly { name: string; on: readonly string[]; light: number; dark: number }[] = [
  { name: "ink", on: PAPERS, light: 7, dark: 7 },
  { name: "quiet", on: PAPERS, light: 7, dark: 7 },
  { name: "edge", on: PAPERS, light: 3, dark: 3 },
  { name: "hedge", on: PAPERS, light: 7, dark: 7 },
  { name: "hawthorn", on: PAPERS, light: 7, dark: 7 },
  { name: "amber", on: PAPERS, light: 7, dark: 7 },
  { name: "hedge-tint", on: ["ink", "quiet", "hedge"], light: 7, dark: 4.5 },
  { name: "hawthorn-tint", on: ["ink", "quiet", "hawthorn"], light: 7, dark: 4.5 },
  { name: "amber-tint", on: ["ink", "quiet", "amber"], light: 7, dark: 4.5 },
  { name: "on-hedge", on: ["hedge"], light: 7, dark: 7 },
  { name: "on-hawthorn", on: ["hawthorn"], light: 7, dark: 7 },
];

describe.each(USES)("$name", ({ name, on, ...floors }) => {
  test.each<Theme>(["light", "dark"])("has the contrast it needs, %s", (theme) => {
    expect(least(name, on, theme)).toBeGreaterThanOrEqual(floors[theme]);
  });

  test("says what was measured", () => {
    const [, light, dark] = /([\d.]+) ([\d.]+)$/.exec(named(name).said) ?? [];
    const measured = [least(name, on, "light"), least(name, on, "dark")].map((ratio) => ratio.toFixed(2));
    expect([light, dark]).toEqual(measured);
  });
});

test("the focus, drawn in hedge, is seen on every paper and beside every edge's paper", () => {
  for (const theme of ["light", "dark"] as const) expect(least("hedge", [...PAPERS, "hedge-tint"], theme)).toBeGreaterThan(3);
});

/** How colours look without one of the three kinds of cone (Machado, Oliveira and Fernandes, 2009). */
const SIGHTS: Record<string, readonly Rgb[]> = {
  "with all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "without long-wave cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  "without middle-wave cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
};

/** A colour as a point in a space where distance is how different two look. */
function seen(hex: string, sight: readonly Rgb[]): Rgb {
  const from = amounts(hex);
  const [red, green, blue] = sight.map((row) => {
    const amount = row[0] * from[0] + row[1] * from[1] + row[2] * from[2];
    return Math.min(1, Math.max(0, amount));
  }) as unknown as Rgb;
  const root = (part: number) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116);
  const x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505);
  const y = root(luminance([red, green, blue]));
  const z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe.each(Object.entries(SIGHTS))("presence colours %s", (_, sight) => {
  test.each<Theme>(["light", "dark"])("look different from one another, %s", (theme) => {
    const points = Array.from({ length: 8 }, (_, at) => seen(named(`presence-${at + 1}`)[theme], sight));
    for (const [at, a] of points.entries()) {
      for (const b of points.slice(at + 1)) expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(20);
    }
  });
});

test("initials are read on every presence colour, and each is seen on paper", () => {
  for (let at = 1; at <= 8; at += 1) {
    for (const theme of ["light", "dark"] as const) {
      expect(least(`presence-${at}`, ["on-presence"], theme)).toBeGreaterThanOrEqual(4.5);
      expect(least(`presence-${at}`, ["paper"], theme)).toBeGreaterThanOrEqual(3);
    }
  }
});

test("no colour stands anywhere else", () => {
  const files = import.meta.glob(["./**/*.svelte", "./**/*.css", "!./tokens.css"], { eager: true, query: "?raw", import: "default" });
  for (const [file, text] of Object.entries(files)) {
    expect([file, /#[0-9a-f]{3,8}\b(?![^<]*`)|\brgba?\(|\bhsla?\(/i.exec(String(text))?.[0] ?? null]).toEqual([file, null]);
  }
});
