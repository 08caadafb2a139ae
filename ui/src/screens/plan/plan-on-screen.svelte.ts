/** The plan of the page that is open: what it reads, how it is looked at, and what is done to it and said of that. */

import { dayNumber, shifted } from "../../plan/days";
import { ALL, filtered, groupedByOutcome, groupedByPartner, isFiltered, sharesOf, type Filters } from "../../plan/filters";
import { actionKey, SAYINGS, type Action, type Outcome, type Plan, type Saying } from "../../plan/plan-document";
import { PlanReplica, type FirstSayings, type PlanNews } from "../../plan/plan-replica";
import type { PageReplica } from "../../editor/page-replica";
import { m } from "../../paraglide/messages.js";
import { getLocale } from "../../paraglide/runtime.js";
import { today } from "./today";
import { datesWords, outcomeName, shortly, statusName } from "./plan-words";

export type View = "list" | "board" | "timeline";
export type Grouping = "outcome" | "partner";

/** Some of the actions under one name. */
export interface NamedGroup {
  readonly key: string;
  readonly title: string;
  readonly actions: readonly Action[];
}

/** Something that was just deleted here. */
export interface JustDeleted {
  readonly id: string;
  readonly kind: "action" | "outcome";
  readonly name: string;
}

export class PlanOnScreen {
  readonly replica: PlanReplica;
  plan = $state.raw<Plan>({ template: "plan", why: "", outcomes: [], actions: [], deletedOutcomes: [], deletedActions: [] });
  view = $state<View>("list");
  grouping = $state<Grouping>("outcome");
  filters = $state.raw<Filters>(ALL);
  today = $state(today());
  canUndo = $state(false);
  canRedo = $state(false);
  /** The action that is open in the sheet. */
  opened = $state<string | null>(null);
  /** The action or outcome that is to have the keyboard as soon as it is drawn. */
  wanted = $state<string | null>(null);
  /** What was done last, for whoever does not see it. */
  said = $state("");
  /** What was deleted last here, until it is brought back, put away, or something else is deleted. */
  deleted = $state.raw<JustDeleted | null>(null);
  /** What somebody else said of the action that is open, since it was opened. */
  saidElsewhere = $state.raw<readonly Saying[]>([]);

  readonly shown = $derived(filtered(this.plan.actions, this.filters, this.today));
  readonly shares = $derived(sharesOf(this.plan.actions, this.today));
  /** The groups of the list; an outcome that nothing shown serves is there only if all is shown. */
  readonly groups = $derived.by((): readonly NamedGroup[] => {
    if (this.grouping === "partner") return groupedByPartner(this.shown).map((group) => ({ ...group, title: group.key === "" ? m.plan_partner_none() : group.key }));
    const groups = groupedByOutcome(this.shown, this.plan.outcomes).map((group) => ({ ...group, title: this.outcomeTitle(group.key) }));
    return isFiltered(this.filters) ? groups.filter(({ actions }) => actions.length > 0) : groups;
  });

  constructor(page: PageReplica, now: () => number = () => performance.now()) {
    this.replica = new PlanReplica(page, { random: (count) => crypto.getRandomValues(new Uint8Array(count)), now });
    this.plan = this.replica.plan;
  }

  /** Keeps up with what is written, here and elsewhere, until the given way to stop is used. */
  begin(): () => void {
    return this.replica.watch((news) => { this.hear(news); });
  }

  /** A day may have passed. */
  lookAtCalendar(): void {
    this.today = today();
  }

  action(id: string | null): Action | undefined {
    return this.plan.actions.find((action) => action.id === id) ?? this.plan.deletedActions.find((action) => action.id === id);
  }

  outcomeTitle(id: string | null): string {
    const outcome = this.plan.outcomes.find((one) => one.id === id);
    return outcome === undefined ? m.plan_outcome_none() : outcomeName(outcome);
  }

  open(id: string): void {
    [this.opened, this.saidElsewhere] = [id, []];
  }

  /** A new action that fits what is shown; below another one if that is given. The keyboard goes to it. */
  add(sayings: FirstSayings = {}, below: string | null = null): void {
    const { partner, owner, status } = this.filters;
    const asked: FirstSayings = { ...(partner ? { partner } : {}), ...(owner ? { owner } : {}), ...(status && status !== "todo" ? { status } : {}) };
    const id = this.replica.addAction({ ...asked, ...sayings }, { among: this.plan.actions, before: this.after(below) });
    if (this.view === "list" && this.shown.some((action) => action.id === id)) this.wanted = id;
    else this.open(id);
  }

  addOutcome(text: string): void {
    this.replica.addOutcome(text);
  }

  say(id: string, sayings: FirstSayings): void {
    this.replica.say(id, sayings);
  }

  /** An action stands differently. */
  setStatus(id: string, status: string): void {
    this.replica.say(id, { status });
    this.said = m.plan_status_is({ text: this.called(id), status: statusName(status) });
  }

  /** One step among those that it stands with, back or on; nothing where it is the first or the last. */
  step(id: string, group: NamedGroup, way: -1 | 1): void {
    const at = group.actions.findIndex((action) => action.id === id);
    const beside = group.actions[at + way];
    if (at < 0 || beside === undefined) return;
    this.replica.moveAction(id, { among: this.plan.actions, before: way < 0 ? beside.id : this.after(beside.id) });
    this.said = m.plan_moved({ text: this.called(id), at: at + way + 1, count: group.actions.length, title: group.title });
  }

  /** Before or after another one, and said of it what the place means; where there is no other one it stays where it stands. */
  drop(id: string, beside: string | null, isAfter: boolean, sayings: FirstSayings): void {
    if (beside === null) this.replica.say(id, sayings);
    else if (beside !== id) this.replica.moveAction(id, { among: this.plan.actions, before: isAfter ? this.after(beside, id) : beside }, sayings);
  }

  /** Its dates go so many days on, or back. */
  shift(id: string, days: number): void {
    const action = this.action(id);
    if (action === undefined) return;
    const dated = (["start", "due"] as const).filter((saying) => dayNumber(action[saying]) !== null);
    this.replica.say(id, Object.fromEntries(dated.map((saying) => [saying, shifted(action[saying] ?? "", days)])));
    this.said = m.plan_dates_are({ text: this.called(id), dates: datesWords(this.action(id) ?? action, this.today, getLocale()) });
  }

  delete(id: string): void {
    const name = this.called(id);
    this.replica.markAction(id, true);
    this.deleted = { id, kind: "action", name };
    this.opened = null;
  }

  deleteOutcome(outcome: Outcome): void {
    this.replica.markOutcome(outcome.id, true);
    this.deleted = { id: outcome.id, kind: "outcome", name: outcomeName(outcome) };
  }

  moveOutcome(id: string, way: -1 | 1): void {
    const { outcomes } = this.plan;
    const at = outcomes.findIndex((one) => one.id === id);
    const beside = outcomes[at + way];
    if (at < 0 || beside === undefined) return;
    this.replica.moveOutcome(id, way < 0 ? beside.id : (outcomes[at + 2]?.id ?? null));
    this.said = m.plan_outcome_moved({ text: outcomeName(outcomes[at] ?? beside), at: at + way + 1, count: outcomes.length });
  }

  bringBack({ id, kind }: Pick<JustDeleted, "id" | "kind">): void {
    if (kind === "action") this.replica.markAction(id, false);
    else this.replica.markOutcome(id, false);
    if (this.deleted?.id === id) this.deleted = null;
  }

  undo(): void {
    if (this.replica.undo()) this.said = m.plan_undone();
  }

  redo(): void {
    if (this.replica.redo()) this.said = m.plan_redone();
  }

  /** What an action is called, in a sentence. */
  called(id: string): string {
    return shortly(this.action(id) ?? { text: "" });
  }

  /** The one that stands after another in the whole plan, leaving one out. */
  private after(id: string | null, without: string | null = null): string | null {
    const others = this.plan.actions.filter((action) => action.id !== without);
    const at = others.findIndex((action) => action.id === id);
    return at < 0 ? null : (others[at + 1]?.id ?? null);
  }

  private hear({ isHere, patches }: PlanNews): void {
    this.plan = this.replica.plan;
    [this.canUndo, this.canRedo] = [this.replica.canUndo, this.replica.canRedo];
    const { opened } = this;
    if (!isHere && opened !== null) this.noteSayings(opened, patches);
  }

  /** Whoever has an action open is told which of its words others changed. */
  private noteSayings(opened: string, patches: PlanNews["patches"]): void {
    const key = actionKey(opened);
    const changed = SAYINGS.filter((saying) => patches.some(({ action, path }) => action !== "splice" && path[0] === key && path[1] === saying && path.length === 2));
    if (changed.length > 0) this.saidElsewhere = SAYINGS.filter((saying) => changed.includes(saying) || this.saidElsewhere.includes(saying));
  }
}
