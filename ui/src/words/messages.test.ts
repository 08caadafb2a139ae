import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as compiled from "../paraglide/messages.js";
import { baseLocale, locales } from "../paraglide/runtime.js";

type Written = Record<string, unknown>;

function written(locale: string): Written {
  const all = JSON.parse(readFileSync(new URL(`../../messages/${locale}.json`, import.meta.url), "utf8")) as Written;
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith("$")));
}

const base = written(baseLocale);
const keys = Object.keys(base);
const functions = compiled.m as unknown as Record<string, (inputs: object, options: { locale: string }) => string>;

/** The names in braces that a message is given, in whichever of its forms. */
function given(message: unknown): string[] {
  return [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ""))].sort();
}

test("messages are in English and Welsh", () => {
  expect([...locales].sort()).toEqual(["cy", "en"]);
});

test("every message was compiled: the compiler reports success also when it could read none", () => {
  expect(keys.length).toBeGreaterThan(50);
  expect(Object.keys(functions).sort()).toEqual([...keys].sort());
});

describe.each(locales.filter((locale) => locale !== baseLocale))("%s", (locale) => {
  const theirs = written(locale);

  test("has every message and no other, in the same order", () => {
    expect(Object.keys(theirs)).toEqual(keys);
  });

  test("gives the same things to say", () => {
    for (const key of keys) expect([key, given(theirs[key])]).toEqual([key, given(base[key])]);
  });

  test("says each in its own words", () => {
    const inputs = { count: 3, name: "Bo", title: "Rota", time: "10:42", when: "10:42", who: "Bo", say: "." };
    // The name of the program, lines that are nothing but what they are given, and a word that both languages have.
    const same = ["app_name", "page_updated", "plan_status_is", "plan_dates_are", "plan_partner"];
    for (const key of keys.filter((one) => !same.includes(one))) {
      expect([key, functions[key]?.(inputs, { locale })]).not.toEqual([key, functions[key]?.(inputs, { locale: baseLocale })]);
    }
  });
});

test("whatever is counted, there is something said of it in each language", () => {
  const counted = keys.filter((key) => given(base[key]).includes("count"));
  for (const locale of locales) {
    // The numbers for which Welsh has forms of its own, and one that has none.
    for (const key of counted) for (const count of [0, 1, 2, 3, 6, 7]) expect([key, functions[key]?.({ count, title: "", role: "", time: "" }, { locale })]).not.toEqual([key, key]);
  }
});

test("Welsh counts as Welsh does", () => {
  const say = (count: number) => functions["count_pages"]?.({ count }, { locale: "cy" });
  expect([1, 2, 3, 6, 7].map(say)).toEqual(["1 dudalen", "2 dudalen", "3 tudalen", "6 thudalen", "7 tudalen"]);
});

test("every message is used, and none is asked for that is not there", () => {
  const sources = import.meta.glob(["../**/*.svelte", "../**/*.ts", "!../**/*.test.ts", "!../paraglide/**"], {
    eager: true,
    query: "?raw",
    import: "default",
  });
  const used = new Set(Object.values(sources).flatMap((text) => [...String(text).matchAll(/\bm\.(\w+)\b/g)].map(([, key]) => key ?? "")));
  expect([...used].sort()).toEqual([...keys].sort());
});

test("no screen says anything that is not a message", () => {
  const screens = import.meta.glob("../**/*.svelte", { eager: true, query: "?raw", import: "default" });
  for (const [file, text] of Object.entries(screens)) {
    const markup = String(text).replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "").replace(/<!--[\s\S]*?-->/g, "");
    const bare = [...markup.matchAll(/>([^<>]*\p{L}{2,}[^<>]*)</gu)].map(([, said]) => said?.trim());
    const spoken = [...markup.matchAll(/\s(?:aria-label|title|placeholder|alt|label)="([^"]*\p{L}{2,}[^"]*)"/gu)].map(([, said]) => said);
    expect([file, ...bare, ...spoken]).toEqual([file]);
  }
});
