/** The plan of the page that is open: read from the page's document and written into it, live, offline, and undone by whoever did it. */

import * as A from "@automerge/automerge/slim";
import type { Cuts } from "../editor/difference";
import type { PageReplica } from "../editor/page-replica";
import { placing, type Placed, type Placing } from "./order";
import { Letters, PlanHistory, recorded, splicesBack, type Deed, type Revival, type TextDeed, type Value, type ValueDeed, type ValuePath } from "./plan-history";
import { actionKey, outcomeKey, PlanReader, textIn, type Plan, type PlanDocument, type Saying, type TextPath } from "./plan-document";
import { isShared, textSplices, writeSplices, writeWhole } from "./text-writing";

/** What a plan has of the world around it. */
export interface Surroundings {
  /** So many random bytes. */
  readonly random: (count: number) => Uint8Array;
  /** What the clock says, in milliseconds: what is typed without a pause is undone in one go. */
  readonly now: () => number;
}

/** Something in a plan changed: here or elsewhere, and what the document says about it. */
export interface PlanNews {
  readonly isHere: boolean;
  readonly patches: readonly A.Patch[];
}

/** What is said of a new action at its beginning. */
export type FirstSayings = Partial<Record<Saying, string | null>>;

/** Which of the others an action stands before; after all of them where that is none. */
export interface Place {
  readonly among: readonly Placed[];
  readonly before: string | null;
}

export class PlanReplica {
  plan: Plan;
  private readonly reader = new PlanReader();
  private readonly letters = new Letters();
  private readonly history = new PlanHistory();
  private readonly watchers = new Set<(news: PlanNews) => void>();

  constructor(
    private readonly page: PageReplica,
    private readonly around: Surroundings,
  ) {
    this.plan = this.reader.read(page.fields);
    page.watchFields((patches, isHere) => {
      if (!isHere) this.letters.receive(patches);
      this.plan = this.reader.read(page.fields);
      for (const tell of this.watchers) tell({ isHere, patches });
    });
  }

  /** Tells what changes from now on, until the way to stop is used. */
  watch(tell: (news: PlanNews) => void): () => void {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** What a text reads; `null` where there is none. */
  textAt([key, prop]: TextPath): string | null {
    const held = this.page.fields[key];
    return textIn(prop === undefined ? held : (held as PlanDocument | undefined)?.[prop]);
  }

  /** Whether two who write in this text at once both keep their words. */
  isShared(path: TextPath): boolean {
    return isShared(this.page.fields, path);
  }

  /** Makes a text read so. `cuts` are where what was done begins and ends, if that is known. */
  write(path: TextPath, text: string, cuts?: Cuts): void {
    const held = this.textAt(path);
    const before = held ?? "";
    if (before === text) return;
    if (!this.isShared(path)) {
      // A field that was never begun as a text, or an entry that somebody else wrote so, is said whole.
      this.record(this.page.alter((draft) => { writeWhole(draft, path, text); }), [{ path: path as ValuePath, before: held, after: text }]);
      return;
    }
    const splices = textSplices(before, text, cuts).map((splice): Revival => ({ ...splice, revived: null }));
    const deed = recorded(path, this.letters.of(path, before.length), splices);
    this.record(this.page.alter((draft) => { writeSplices(draft, path, splices); }), [deed]);
  }

  /** Says something of an action; `null` takes it back. */
  say(id: string, sayings: FirstSayings): void {
    this.put(Object.entries(sayings).map(([saying, value]) => ({ path: [actionKey(id), saying], value })));
  }

  /** A new action with nothing written in it; which that is. */
  addAction(sayings: FirstSayings, place: Place, text = ""): string {
    const id = this.newId();
    const order = this.placed(id, place);
    const said = { ...sayings, order: order.find((one) => one.id === id)?.order ?? null };
    this.begin(actionKey(id), { text, notes: "" }, said);
    this.putOrders("a", order.filter((one) => one.id !== id));
    return id;
  }

  /** A new outcome at the end; which that is. */
  addOutcome(text: string): string {
    const id = this.newId();
    const order = this.placed(id, { among: this.plan.outcomes, before: null });
    this.begin(outcomeKey(id), { text }, { order: order.find((one) => one.id === id)?.order ?? null });
    this.putOrders("o", order.filter((one) => one.id !== id));
    return id;
  }

  /** An action stands elsewhere, and something is said of it in the same go. */
  moveAction(id: string, place: Place, sayings: FirstSayings = {}): void {
    const orders = this.placed(id, place).map((one) => ({ path: [actionKey(one.id), "order"] as const, value: one.order }));
    this.put([...orders, ...Object.entries(sayings).map(([saying, value]) => ({ path: [actionKey(id), saying] as const, value }))]);
  }

  moveOutcome(id: string, before: string | null): void {
    this.putOrders("o", this.placed(id, { among: this.plan.outcomes, before }));
  }

  /** Deletes an action or brings it back, with all that was written in it meanwhile. */
  markAction(id: string, isDeleted: boolean): void {
    this.put([{ path: [actionKey(id), "deleted"], value: isDeleted }]);
  }

  markOutcome(id: string, isDeleted: boolean): void {
    this.put([{ path: [outcomeKey(id), "deleted"], value: isDeleted }]);
  }

  /** Undoes the last thing that was done to the plan here. Whether there was any. */
  undo(): boolean {
    return this.history.undo((deeds) => this.takeBack(deeds));
  }

  redo(): boolean {
    return this.history.redo((deeds) => this.takeBack(deeds));
  }

  private newId(): string {
    return Array.from(this.around.random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  private placed(id: string, { among, before }: Place): Placing[] {
    const others = among.filter((one) => one.id !== id);
    const at = others.findIndex((one) => one.id === before);
    return placing(id, others, at < 0 ? others.length : at);
  }

  private begin(key: string, texts: Record<string, string>, sayings: Record<string, string | null>): void {
    const said = Object.entries(sayings).flatMap(([saying, value]) => (value === null ? [] : [[saying, new A.ImmutableString(value)] as const]));
    const patches = this.page.alter((draft) => { draft[key] = { ...texts, ...Object.fromEntries(said) }; });
    // What was made is never taken out of the document: undone, it is deleted.
    this.record(patches, [{ path: [key, "deleted"], before: true, after: null }]);
  }

  private putOrders(kind: "a" | "o", orders: readonly { id: string; order: string }[]): void {
    this.put(orders.map(({ id, order }) => ({ path: [`${kind}/${id}`, "order"], value: order })));
  }

  private put(values: readonly { readonly path: ValuePath; readonly value: Value }[]): void {
    const deeds = values.map(({ path, value }): ValueDeed => ({ path, before: this.valueAt(path), after: value })).filter(({ before, after }) => before !== after);
    if (deeds.length > 0) this.record(this.page.alter((draft) => { for (const { path, after } of deeds) putValue(draft, path, after); }), deeds);
  }

  private valueAt([key, prop]: ValuePath): Value {
    const held = prop === undefined ? this.page.fields[key] : (this.page.fields[key] as PlanDocument | undefined)?.[prop];
    return typeof held === "boolean" ? held : textIn(held);
  }

  private record(patches: readonly A.Patch[], deeds: readonly Deed[]): void {
    if (patches.length > 0) this.history.record(deeds, this.around.now());
  }

  /** Takes back what is left of some deeds, as one change; what that did. */
  private takeBack(deeds: readonly Deed[]): Deed[] {
    const done: Deed[] = [];
    const texts = new Map<string, string>();
    this.page.alter((draft) => {
      for (const deed of deeds) {
        const back = "text" in deed ? this.textBack(draft, deed, texts) : this.valueBack(draft, deed);
        if (back !== null) done.push(back);
      }
    });
    return done;
  }

  private valueBack(draft: PlanDocument, { path, before, after }: ValueDeed): ValueDeed | null {
    const now = this.valueAt(path);
    // "Not deleted" is said by no, or by nothing.
    const isOurs = path[1] === "deleted" ? (now === true) === (after === true) : now === after;
    if (!isOurs) return null;
    putValue(draft, path, before);
    return { path, before: after, after: before };
  }

  /** `texts` is what the texts read so far in this change. */
  private textBack(draft: PlanDocument, deed: TextDeed, texts: Map<string, string>): TextDeed | null {
    if (!this.letters.areOf(deed.text, deed.letters)) return null;
    const name = deed.text.join("/");
    const now = texts.get(name) ?? this.textAt(deed.text) ?? "";
    const splices = splicesBack(deed, now);
    if (splices.length === 0) return null;
    writeSplices(draft, deed.text, splices);
    texts.set(name, [...splices].reverse().reduce((text, { at, removed, inserted }) => text.slice(0, at) + inserted + text.slice(at + removed.length), now));
    return recorded(deed.text, deed.letters, splices);
  }
}

function putValue(draft: PlanDocument, [key, prop]: ValuePath, value: Value): void {
  const holder = prop === undefined ? draft : draft[key];
  if (typeof holder !== "object" || holder === null) return;
  const said = holder as PlanDocument;
  if (value === null) Reflect.deleteProperty(said, prop ?? key);
  else said[prop ?? key] = typeof value === "string" ? new A.ImmutableString(value) : value;
}
