/** People who have a plan open, each in a window of their own, for tests. */

import { PageReplica } from "../src/editor/page-replica";
import { actionKey, WHY, type Action } from "../src/plan/plan-document";
import { PlanReplica } from "../src/plan/plan-replica";
import { actor, begun } from "./writers";

/** Somebody with the plan open in a window. */
export class Planner {
  readonly page: PageReplica;
  readonly plan: PlanReplica;
  /** What they did and did not send yet. */
  readonly unheard: Uint8Array[] = [];
  /** What the clock of this window says, in milliseconds. */
  clock = 0;
  private drawn: number;

  constructor(
    readonly name: string,
    bytes: Uint8Array,
    number: number,
  ) {
    this.drawn = number * 7_919;
    this.page = new PageReplica(bytes, { actor: actor(number), now: () => 0, save: (change) => void this.unheard.push(change) });
    this.plan = new PlanReplica(this.page, { random: (count) => Uint8Array.from({ length: count }, () => this.byte()), now: () => this.clock });
  }

  /** Does something, a while after what was done before. */
  does<T>(make: (plan: PlanReplica) => T): T {
    this.clock += 60_000;
    return make(this.plan);
  }

  /** Adds an action at the end. */
  adds(text: string, said: Parameters<PlanReplica["addAction"]>[0] = {}): string {
    return this.does((plan) => plan.addAction(said, { among: plan.plan.actions, before: null }, text));
  }

  writesWhy(text: string): void {
    this.does((plan) => { plan.write(WHY, text); });
  }

  /** Types what an action is to be called, letter by letter. */
  types(id: string, more: string): void {
    for (const letter of more) {
      const before = this.plan.textAt([actionKey(id), "text"]) ?? "";
      this.plan.write([actionKey(id), "text"], before + letter, { before: new Set([before.length]), after: new Set([before.length, before.length + 1]) });
    }
  }

  action(id: string): Action {
    const found = [...this.plan.plan.actions, ...this.plan.plan.deletedActions].find((one) => one.id === id);
    if (found === undefined) throw new Error(`${this.name} has no action ${id}`);
    return found;
  }

  /** What the actions are called, in their order. */
  get texts(): string[] {
    return this.plan.plan.actions.map(({ text }) => text);
  }

  private byte(): number {
    this.drawn = (this.drawn * 48_271) % 2_147_483_647;
    return this.drawn & 0xff;
  }
}

/** Some people with one plan, which nobody has written in yet. */
export function planners(...names: readonly string[]): Planner[] {
  const bytes = begun([], "Warm homes by winter", 0, "plan");
  return names.map((name, at) => new Planner(name, bytes, at + 1));
}

/** They meet: each hears what the others did. */
export function meet(...people: readonly Planner[]): void {
  const said = people.map((one) => one.unheard.splice(0));
  for (const [at, one] of people.entries()) for (const [by, changes] of said.entries()) if (by !== at) one.page.receive(changes);
}
