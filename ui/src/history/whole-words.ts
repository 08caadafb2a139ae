/** What differs, said in whole words: of a word of which a letter changed, the old one went and the new one came. */

import { cut } from "../editor/difference";
import type { Run } from "./page-difference";

/** Runs of a block in which no word is cut in two by a difference. */
export function inWholeWords(runs: readonly Run[]): Run[] {
  let out: Run[] = [];
  for (let at = 0; at < runs.length; ) {
    const run = runs[at] as Run;
    if (run.change === "same") {
      out.push(run);
      at += 1;
      continue;
    }
    let end = at;
    while (end < runs.length && runs[end]?.change !== "same") end += 1;
    const group = runs.slice(at, end);
    const [before, after] = [out.at(-1), runs[end]];
    const head = before === undefined ? 0 : tailOf(before, group);
    const tail = after === undefined ? 0 : headOf(after, group);
    if (before !== undefined && head > 0) out = [...out.slice(0, -1), ...pieces(before, 0, before.text.length - head)];
    const [first, last] = [before && pieces(before, before.text.length - head, before.text.length), after && pieces(after, 0, tail)];
    for (const change of ["removed", "added"] as const) {
      const own = group.filter((one) => one.change === change);
      const grown = [...(first ?? []), ...own, ...(last ?? [])].map((one) => ({ ...one, change }));
      if (own.length > 0 || (head + tail > 0 && grown.length > 0)) out.push(...grown);
    }
    at = end;
    if (after !== undefined && tail > 0) {
      out.push(...pieces(after, tail, after.text.length));
      at += 1;
    }
  }
  return merged(out);
}

/** Runs of which the same became lie in one. */
function merged(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const run of runs) {
    const last = out.at(-1);
    if (run.text === "") continue;
    if (last === undefined || last.change !== run.change) out.push(run);
    else {
      const moved = run.marks.map((mark) => ({ ...mark, from: mark.from + last.text.length, to: mark.to + last.text.length }));
      out[out.length - 1] = { ...last, text: last.text + run.text, marks: [...last.marks, ...moved] };
    }
  }
  return out;
}

/** How many letters at the end of what stays belong to a word that goes on in what differs. */
function tailOf({ text }: Run, group: readonly Run[]): number {
  const goesOn = group.some((run) => isLetter(run.text.charAt(0)) && isFirst(run, group));
  return goesOn ? (/[\p{L}\p{N}\p{M}]+$/u.exec(text)?.[0].length ?? 0) : 0;
}

/** How many letters at the beginning of what stays belong to a word that began in what differs. */
function headOf({ text }: Run, group: readonly Run[]): number {
  const goesOn = group.some((run) => /[\p{L}\p{N}\p{M}]$/u.test(run.text) && isLast(run, group));
  return goesOn ? (/^[\p{L}\p{N}\p{M}]+/u.exec(text)?.[0].length ?? 0) : 0;
}

function isFirst(run: Run, group: readonly Run[]): boolean {
  return group.find(({ change }) => change === run.change) === run;
}

function isLast(run: Run, group: readonly Run[]): boolean {
  return group.findLast(({ change }) => change === run.change) === run;
}

function isLetter(text: string): boolean {
  return /^[\p{L}\p{N}\p{M}]/u.test(text);
}

function pieces(run: Run, from: number, to: number): Run[] {
  return from >= to ? [] : [{ ...run, text: run.text.slice(from, to), marks: cut(run.marks, from, to) }];
}
