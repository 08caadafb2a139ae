/** What a window's main thread did, from the browser's own trace: time of the processor, so that waiting for it does not count. */

import type { Browser, Page } from "playwright-core";

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline"];

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** When, in microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the processor. */
  readonly tdur?: number;
  readonly args: { readonly data?: { readonly type?: string } };
}

/** A task of the main thread, in nanoseconds of the processor. */
interface Task {
  readonly from: number;
  readonly to: number;
  readonly cost: number;
  /** Whether a frame was drawn in it. */
  readonly draws: boolean;
}

/** What the main thread did while somebody typed. */
export interface Work {
  /** Of each key, until it was drawn: the task that it came in, and that of the next frame. */
  readonly keys: readonly number[];
  /** How long each key took from when it was pressed until it was drawn, by the clock, in nanoseconds. */
  readonly delays: readonly number[];
  /** Every task. */
  readonly tasks: readonly number[];
  /** All of it. */
  readonly all: number;
}

export async function traced(browser: Browser, page: Page, deeds: () => Promise<void>): Promise<readonly TraceEvent[]> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await deeds();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  return traceEvents;
}

/** What was done for the keys that were pressed in a trace; all of them were pressed in one window. */
export function workIn(events: readonly TraceEvent[]): Work {
  const keys = events.filter(({ name, args }) => name === "EventDispatch" && args.data?.type === "keydown").sort(byTime);
  const first = keys[0];
  if (first === undefined) throw new Error("no key was pressed in what was traced");
  const own = events.filter(({ pid, tid }) => pid === first.pid && tid === first.tid);
  const drawn = own.filter(({ name }) => name === "Paint").sort(byTime);
  const tasks = own.filter(({ name }) => name === "RunTask").sort(byTime).map((event) => taskOf(event, drawn));
  const costs: number[] = [];
  const delays: number[] = [];
  for (const { ts } of keys) {
    const at = tasks.findIndex(({ from, to }) => from <= ts && ts <= to);
    const task = tasks[at];
    const frame = tasks.slice(at).find(({ draws, to }) => draws && to > ts);
    if (task === undefined || frame === undefined) continue;
    costs.push(task === frame ? task.cost : task.cost + frame.cost);
    delays.push((frame.to - ts) * 1_000);
  }
  if (costs.length < keys.length * 0.9) throw new Error(`of ${keys.length} keys only ${costs.length} were drawn in what was traced`);
  const all = tasks.map(({ cost }) => cost);
  return { keys: costs, delays, tasks: all, all: all.reduce((sum, cost) => sum + cost, 0) };
}

function taskOf({ ts, dur = 0, tdur = 0 }: TraceEvent, drawn: readonly TraceEvent[]): Task {
  const to = ts + dur;
  return { from: ts, to, cost: tdur * 1_000, draws: drawn.some((paint) => ts <= paint.ts && paint.ts <= to) };
}

function byTime(a: TraceEvent, b: TraceEvent): number {
  return a.ts - b.ts;
}
