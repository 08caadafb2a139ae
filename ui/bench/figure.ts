/** One measured figure, its baseline, and its goal: the words of `benches/src/figure.rs`, which reads these lines. */

export type Unit = "nanoseconds" | "bytes" | "count";

/** What should be reached. With a baseline it is about ours divided by the baseline, else about ours. */
export type Goal = { readonly "at-most": number } | { readonly "at-least": number };

export interface Figure {
  /** In words. */
  readonly what: string;
  readonly unit: Unit;
  /** What was measured of the window, several times where it varies. */
  readonly ours: readonly number[];
  /** What it is measured against in the same run, turn and turn about. */
  readonly baseline: { readonly what: string; readonly runs: readonly number[] } | null;
  /** None where it is shown for what it tells alone. */
  readonly goal: Goal | null;
}

export function median(runs: readonly number[]): number {
  return share(runs, 0.5);
}

/** The value below which this share of them lies. */
export function share(runs: readonly number[], part: number): number {
  const sorted = [...runs].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

/** What the goal speaks of: the middle of ours divided by the run beside it, or of ours. */
export function valueOf({ ours, baseline }: Figure): number {
  return median(baseline === null ? ours : ours.map((one, at) => one / (baseline.runs[at] ?? NaN)));
}

const HEAD = ["what", "ours", "baseline", "value", "goal"];

/** The figures as a table. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, unit, ours, baseline, goal } = figure;
    const value = valueOf(figure);
    const said = baseline === null ? shown(unit, value) : `${value.toFixed(2)}x`;
    const name = baseline === null ? what : `${what} / ${baseline.what}`;
    return [name, shown(unit, median(ours)), baseline === null ? "" : shown(unit, median(baseline.runs)), said, reached(figure, value, goal)];
  });
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd();
  return [HEAD, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("\n");
}

function reached({ unit, baseline }: Figure, value: number, goal: Goal | null): string {
  if (goal === null) return "";
  const [sign, limit] = "at-most" in goal ? ["<=", goal["at-most"]] : [">=", goal["at-least"]];
  const isReached = sign === "<=" ? value <= limit : value >= limit;
  return `${sign} ${baseline === null ? shown(unit, limit) : `${limit}x`} ${isReached ? "reached" : "MISSED"}`;
}

function shown(unit: Unit, number: number): string {
  if (unit === "bytes") return number < 1e4 ? `${number} B` : `${(number / 1e3).toFixed(1)} kB`;
  if (unit === "count") return Number.isInteger(number) ? String(number) : number.toFixed(2);
  if (number >= 1e9) return `${(number / 1e9).toFixed(2)} s`;
  return number >= 1e6 ? `${(number / 1e6).toFixed(2)} ms` : `${(number / 1e3).toFixed(0)} µs`;
}
