/** The history of pages on a pretend node: read from their documents, as a node reads it. */

import * as A from "@automerge/automerge/slim";
import { Fault, type Identity, type LineOfEditing, type PageView, type Requests, type Block as ShownBlock, type VersionLine } from "../src/door/door";
import { normal, type Block } from "../src/editor/blocks";
import { difference } from "../src/editor/difference";
import { PageReplica } from "../src/editor/page-replica";
import { bodyOf } from "../src/editor/spans";
import { PlanReplica } from "../src/plan/plan-replica";
import type { PretendDoor, PretendPage } from "./pretend-door";
import { actor } from "./writers";

/** What is asked of a node about the history of a page. */
export type History = Pick<Requests, "page_authors" | "page_history" | "show_page" | "restore_page">;

type Answers = { [N in keyof History]: (body: History[N]["body"]) => History[N]["reply"] };
interface Page {
  title?: A.ImmutableString;
  body?: string;
  deleted?: boolean;
  [field: string]: unknown;
}
/** Whoever writes. */
export type Who = Pick<Identity, "person_id" | "name" | "device_id">;

/** The line of editing in which pages are begun by `begun`. */
const BEGINNING = actor(0xee);
/** Typing with pauses of no more than this is one version, in seconds. */
const PAUSE_MOST = 600;

export class PretendHistory {
  /** Whose the lines of editing are. */
  private readonly lines = new Map<string, Who>();
  /** The lines in which the node itself writes for somebody: none that an editor writes in. */
  private readonly own = new Map<string, string>();
  /** Who began each page: they did so in one line, whoever they were. */
  private readonly beginners = new Map<string, Who>();
  private readonly documents = new WeakMap<PretendPage, { readonly document: A.Doc<Page>; readonly has: number }>();
  /** What is kept of a page and not on it. */
  private readonly kept = new Map<string, { readonly document: A.Doc<Page>; readonly line: VersionLine }[]>();
  private given = 0;

  constructor(private readonly door: PretendDoor) {}

  readonly answers: Answers = {
    page_authors: ({ page }) => this.authors(page),
    page_history: ({ page }) => this.versions(page),
    show_page: ({ page, at }) => this.show(page, at),
    restore_page: ({ page, version }) => this.restore(page, version),
  };

  /** A new line of editing, in which this person writes; of nobody, it is not known whose it is. */
  lend(who: Who | null): string {
    this.given += 1;
    const line = actor(this.given);
    if (who !== null) this.lines.set(line, who);
    return line;
  }

  /** Whose a page is that was just made. */
  begins(id: string, author: string): void {
    this.beginners.set(id, person(author));
  }

  /** Somebody elsewhere made the page read so. */
  wrote(id: string, author: string, blocks: readonly Block[]): void {
    this.become(this.page(id), this.lineOf(person(author)), blocks);
  }

  /** Somebody elsewhere did something to the plan. */
  planned(id: string, author: string, make: (plan: PlanReplica) => void): void {
    const [page, line, changes] = [this.page(id), this.lineOf(person(author)), [] as Uint8Array[]];
    const replica = new PageReplica(this.bytes(id), { actor: line, now: () => this.seconds(), save: (change) => void changes.push(change) });
    make(new PlanReplica(replica, { random: (count) => crypto.getRandomValues(new Uint8Array(count)), now: () => 0 }));
    this.tell(page, line, changes);
  }

  /** Somebody wrote on a copy of the page what stands aside. */
  wroteAside(id: string, author: string, aside: NonNullable<VersionLine["aside"]>, blocks: readonly Block[]): void {
    const [page, who] = [this.page(id), person(author)];
    const changes: Uint8Array[] = [];
    const replica = new PageReplica(this.bytes(id), { actor: this.lend(who), now: () => this.seconds(), save: (change) => void changes.push(change) });
    replica.edit(difference(replica.blocks, normal(blocks)));
    const document = A.applyChanges(A.clone(this.document(page)), changes)[0];
    const line = { version: A.getHeads(document)[0] ?? "", author, author_id: who.person_id, device: who.device_id, when: this.door.now, summary: "typed 18 characters", aside };
    this.kept.set(id, [...(this.kept.get(id) ?? []), { document, line }]);
    page.line = { ...page.line, aside: (page.line.aside ?? 0) + 1 };
  }

  /** Somebody gave the page a title. */
  named(page: PretendPage, who: Who, title: string): void {
    this.set(page, this.lineOf(who), (draft) => { draft.title = new A.ImmutableString(title); });
  }

  /** Somebody deleted the page, or brought it back. */
  marked(page: PretendPage, who: Who | null, isDeleted: boolean): void {
    this.set(page, who === null ? this.lend(null) : this.lineOf(who), (draft) => { draft.deleted = isDeleted; });
  }

  /** Somebody elsewhere said something in a field of the page. */
  filled(id: string, author: string, field: string, text: string): void {
    this.set(this.page(id), this.lineOf(person(author)), (draft) => { draft[`f/${field}`] = new A.ImmutableString(text); });
  }

  heads(id: string): A.Heads {
    return A.getHeads(this.document(this.page(id)));
  }

  bytes(id: string): Uint8Array {
    return A.save(this.document(this.page(id)));
  }

  private page(id: string): PretendPage {
    const page = this.door.pages.find(({ line }) => line.id === id);
    if (page === undefined) throw new Fault("not_found", "there is no such page here", "en");
    return page;
  }

  /** The page's document with all that was written; with a line of editing, a copy to write in. */
  private document(page: PretendPage, line?: string): A.Doc<Page> {
    const known = this.documents.get(page);
    const { document, has } = known ?? { document: A.load<Page>(page.document), has: 0 };
    const now = page.changes.length === has ? document : A.applyChanges(document, page.changes.slice(has))[0];
    this.documents.set(page, { document: now, has: page.changes.length });
    return line === undefined ? now : A.clone(now, { actor: line });
  }

  private lineOf(who: Who): string {
    const key = `${who.person_id} on ${who.device_id}`;
    const line = this.own.get(key) ?? this.lend(who);
    this.own.set(key, line);
    return line;
  }

  private seconds(): number {
    return Math.floor(Date.parse(this.door.now) / 1_000);
  }

  private set(page: PretendPage, line: string, make: (draft: Page) => void): void {
    const before = this.document(page, line);
    const after = A.change(before, { time: this.seconds() }, make);
    this.tell(page, line, A.getChanges(before, after));
  }

  /** By a person's line of editing, and no more than the least. */
  private become(page: PretendPage, line: string, blocks: readonly Block[]): void {
    const changes: Uint8Array[] = [];
    const replica = new PageReplica(this.bytes(page.line.id), { actor: line, now: () => this.seconds(), save: (change) => void changes.push(change) });
    replica.edit(difference(replica.blocks, normal(blocks)));
    this.tell(page, line, changes);
  }

  private tell(page: PretendPage, line: string, changes: readonly Uint8Array[]): void {
    if (changes.length === 0) return;
    this.door.take(page, changes, this.lines.get(line)?.device_id === this.door.identity.device_id);
    page.line = { ...page.line, title: this.title(page), updated: this.door.now };
  }

  private title(page: PretendPage): string {
    return String(this.document(page).title);
  }

  private who(page: string, line: string): Who | undefined {
    return line === BEGINNING ? this.beginners.get(page) : this.lines.get(line);
  }

  private authors(id: string): LineOfEditing[] {
    const actors = new Set(A.getChangesMetaSince(this.document(this.page(id)), []).map((change) => change.actor));
    return [...actors].map((line) => {
      const who = this.who(id, line);
      return { actor: line, author: who?.name ?? null, author_id: who?.person_id ?? null, device: who?.device_id ?? line };
    });
  }

  private versions(id: string): VersionLine[] {
    const document = this.document(this.page(id));
    const out: { change: A.DecodedChange; done: Done }[] = [];
    for (const hash of A.topoHistoryTraversal(document)) {
      const change = A.inspectChange(document, hash);
      if (change === null) continue;
      const last = out.at(-1);
      const done = doneBy(change);
      const goesOn = last?.change.actor === change.actor && last.done.types && done.types && change.deps.join() === last.change.hash && change.time - last.change.time <= PAUSE_MOST;
      if (goesOn) out[out.length - 1] = { change, done: { ...done, typed: done.typed + last.done.typed, removed: done.removed + last.done.removed } };
      else out.push({ change, done });
    }
    const aside = (this.kept.get(id) ?? []).map(({ line }) => line);
    const onPage = out.reverse().map(({ change, done }): VersionLine => {
      const who = this.who(id, change.actor);
      const when = new Date(change.time * 1_000).toISOString().replace(/\.\d+/, "");
      return { version: change.hash, author: who?.name ?? null, author_id: who?.person_id ?? null, device: who?.device_id ?? change.actor, when, summary: summaryOf(done) };
    });
    return [...aside, ...onPage];
  }

  private show(id: string, at: string | null): PageView {
    const page = this.page(id);
    const now = this.at(page, at);
    if (at !== null && A.inspectChange(now, at) === null) throw new Fault("not_found", `the page has no version ${at}`, "en");
    const then = at === null ? now : A.view(now, [at]);
    const blocks = asShown(bodyOf(A.spans(then, ["body"])).blocks);
    const fields = fieldsOf(then).map((key) => [key.slice(2), String(then[key])]);
    return {
      id,
      title: then.title === undefined ? "" : String(then.title),
      template: page.line.template,
      deleted: page.isDeleted,
      fields: Object.fromEntries(fields) as Record<string, string>,
      blocks,
      comments: [],
      heads: at === null ? A.getHeads(now) : [at],
      notebook_id: page.notebook,
      body: blocks.map(({ text }) => text).join("\n"),
      unknown: [],
    };
  }

  /** The document that a version is in: the page's own, or that of what stands aside. */
  private at(page: PretendPage, version: string | null): A.Doc<Page> {
    const aside = this.kept.get(page.line.id)?.find(({ line }) => line.version === version);
    return aside?.document ?? this.document(page);
  }

  private restore(id: string, version: string): Requests["restore_page"]["reply"] {
    const page = this.page(id);
    const role = this.door.notebooks.find((one) => one.id === page.notebook)?.role;
    if (role !== "writer" && role !== "admin") throw new Fault("refused", `you are a ${role ?? "stranger"} in this notebook and writing takes a writer; ask an admin for that role`, "en");
    const before = this.heads(id).join();
    const line = this.lineOf(this.door.identity);
    const old = A.view(this.at(page, version), [version]);
    this.become(page, line, bodyOf(A.spans(old, ["body"])).blocks);
    const keys = new Set(["title", ...fieldsOf(old), ...fieldsOf(this.document(page))]);
    const differ = [...keys].filter((key) => String(old[key]) !== String(this.document(page)[key]));
    if (differ.length > 0) this.set(page, line, (draft) => { for (const key of differ) put(draft, key, old[key]); });
    return { id, title: this.title(page), changed: before !== this.heads(id).join(), heads: this.heads(id) };
  }
}

function fieldsOf(page: Page): string[] {
  return Object.keys(page).filter((key) => key.startsWith("f/"));
}

function put(draft: Page, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(draft, key);
  else draft[key] = new A.ImmutableString(String(value));
}

/** Somebody elsewhere, by name. */
export function person(name: string): Who {
  return { person_id: name.toLowerCase(), name, device_id: `${name.toLowerCase()}'s laptop` };
}

/** What a change did, counted. */
interface Done {
  readonly typed: number;
  readonly removed: number;
  readonly said: readonly string[];
  readonly types: boolean;
}

function doneBy({ ops }: A.DecodedChange): Done {
  const inserted = ops.filter((op) => "insert" in op && op.insert === true && typeof op.value === "string");
  const removed = ops.filter(({ action }) => action === "del").length;
  const said = ops.flatMap(({ obj, key, value }) => {
    if (obj !== "_root") return [];
    if (key === "body") return ["began the page"];
    if (key === "title") return [`renamed to ${String(value)}`];
    return key.startsWith("f/") ? [`set ${key.slice(2)}`] : [];
  }).sort();
  return { typed: inserted.reduce((sum, { value }) => sum + [...String(value)].length, 0), removed, said, types: said.length === 0 };
}

function summaryOf({ typed, removed, said }: Done): string {
  const counted = (count: number) => `${count} character${count === 1 ? "" : "s"}`;
  const parts = [...said, ...(typed > 0 ? [`typed ${counted(typed)}`] : []), ...(removed > 0 ? [`removed ${counted(removed)}`] : [])];
  return parts.length === 0 ? "changed how text looks" : parts.join(", ");
}

/** Blocks as a node shows them: places in Unicode scalar values. */
function asShown(blocks: readonly Block[]): readonly ShownBlock[] {
  let from = 0;
  return blocks.map((block) => {
    const shown = { ...oneShown(block), from };
    from += [...block.text].length + 1;
    return shown;
  });
}

function oneShown({ type, parents, level, start, checked, language, attachment, text, marks }: Block): Omit<ShownBlock, "from"> {
  const scalars = (at: number) => [...text.slice(0, at)].length;
  return {
    type,
    parents,
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language }),
    ...(attachment === undefined ? {} : { attachment }),
    text,
    marks: marks.map((mark) => ({ type: mark.type, from: scalars(mark.from), to: scalars(mark.to), ...(mark.type === "link" ? { href: String(mark.value) } : {}) })),
  };
}
