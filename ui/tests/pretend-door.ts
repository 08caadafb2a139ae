/**
 * A pretend node in this window's memory, for tests of screens and for looking at them: real page documents, pretend
 * people. Nothing of it is part of the app.
 */

import { Fault, type CaptureLine, type Door, type Identity, type Notice, type NotebookLine, type NotebookView, type OpenPage, type PageHearer, type PageLine, type SetProfile, type Requests, type Role } from "../src/door/door";
import type { Block } from "../src/editor/blocks";
import { PretendFiles, type FileRequests } from "./pretend-files";
import { PretendHistory, type History } from "./pretend-history";
import { PretendNotebooks, type NotebookRequests } from "./pretend-notebooks";
import { PretendPages, type PageRequests } from "./pretend-pages";
import { PretendSharing, type Sharing } from "./pretend-sharing";
import { begun } from "./writers";

export interface PretendPage {
  line: PageLine;
  notebook: string;
  document: Uint8Array;
  changes: Uint8Array[];
  isDeleted: boolean;
}

/** What a door asks of a node while a page is open. */
/** What scripts ask, and the window does not. */
type Unasked =
  | "show_plan"
  | "set_why"
  | "add_outcome"
  | "set_outcome"
  | "add_action"
  | "set_action"
  | "move_in_plan"
  | "delete_from_plan"
  | "bring_back_to_plan"
  | "where_to_reach"
  | "show_page_markdown"
  | "append_to_page"
  | "edit_page"
  | "replace_page"
  | "set_fields"
  | "find"
  | "find_attachment"
  | "import_pages"
  | "canonical"
  | "sync_now"
  | "verify"
  | "list_damage";
type Copies = Pick<Requests, "open_page" | "write_page" | "page_news" | "close_page">;

export class PretendDoor implements Door {
  readonly notebooks: NotebookLine[] = [];
  readonly sharing = new PretendSharing(this);
  readonly onNotebooks = new PretendNotebooks(this);
  readonly onPages = new PretendPages(this);
  readonly history = new PretendHistory(this);
  readonly files = new PretendFiles(this);
  readonly holders = new Map<string, NotebookView["holders"]>();
  readonly pages: PretendPage[] = [];
  readonly inbox: CaptureLine[] = [];
  /** What was asked, in order. */
  readonly asked: string[] = [];
  /** Requests that fail, and how. */
  readonly faults = new Map<string, Fault>();
  identity: Identity = { person_id: "ada", device_id: "d1", name: "Ada", organisation: null, sector: null, job: null, level: null, places: [], key_kept: "keychain" };
  now = "2026-03-04T09:30:00Z";
  private given = 0;
  private readonly hearers = new Set<(notice: Notice) => void>();
  private readonly open_ = new Map<string, PageHearer[]>();

  id(): string {
    this.given += 1;
    return this.given.toString(16).padStart(64, "0");
  }

  /** A notebook that this person founded, unless their role is another; then it is Bo's. */
  notebook(title: string, role: Role = "admin"): string {
    const id = this.id();
    this.hold(id, title, role);
    if (role === "admin") this.sharing.has(id, { person_id: this.identity.person_id, role, state: "founder" });
    else this.sharing.has(id, { person_id: "bo", name: "Bo", role: "admin", state: "founder" });
    return id;
  }

  /** A notebook is on this device. */
  hold(id: string, title: string, role: Role): void {
    this.notebooks.push({ id, title, challenge: null, role, pages: 0, members: 1 });
    this.notebooks.sort((a, b) => (a.title < b.title ? -1 : 1));
    const { person_id, name, organisation, sector, job } = this.identity;
    this.sharing.has(id, { person_id, name, organisation, sector, job, role, you: true });
  }

  /** Others have been let in, or put out: what the list says of this person and of their number. */
  count(notebook: string, members: number): void {
    const at = this.notebooks.findIndex(({ id }) => id === notebook);
    const line = this.notebooks[at];
    const role = this.sharing.of(notebook).find(({ you }) => you)?.role ?? null;
    if (line !== undefined) this.notebooks[at] = { ...line, members, role };
  }

  /** An admin elsewhere took this person out. */
  removed(notebook: string): void {
    this.sharing.members.set(notebook, this.sharing.of(notebook).filter(({ you }) => !you));
    this.count(notebook, this.sharing.of(notebook).length);
    this.say({ notice: "notebook_changed", notebook_id: notebook });
  }

  page(notebook: string, title: string, authors: readonly string[], blocks: readonly Block[], template = "note"): string {
    const id = this.id();
    const line = { id, title, template, updated: this.now, authors, author_ids: authors.map((name) => name.toLowerCase()) };
    this.pages.unshift({ line, notebook, document: begun(blocks, title, Math.floor(Date.parse(this.now) / 1_000), template), changes: [], isDeleted: false });
    this.history.begins(id, authors[0] ?? "Ada");
    const at = this.notebooks.findIndex((one) => one.id === notebook);
    const book = this.notebooks[at];
    if (book !== undefined) this.notebooks[at] = { ...book, pages: book.pages + 1 };
    return id;
  }

  say(notice: Notice): void {
    for (const hear of this.hearers) hear(notice);
  }

  async ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]> {
    this.asked.push(name);
    await Promise.resolve();
    const fault = this.faults.get(name);
    if (fault !== undefined) throw fault;
    const answers: { [N in Exclude<keyof Requests, Unasked | keyof Copies | keyof Sharing | keyof NotebookRequests | keyof PageRequests | keyof History | keyof FileRequests>]: (body: Requests[N]["body"]) => Requests[N]["reply"] } = {
      whoami: () => this.identity,
      set_profile: (edit) => this.introduce(edit),
      be_present: ({ page }) => ({ id: page }),
      capture: ({ text }) => this.capture(text),
      list_inbox: () => [...this.inbox],
      file_capture: ({ capture, notebook }) => this.file(capture, notebook),
    };
    const all = { ...answers, ...this.sharing.answers, ...this.onNotebooks.answers, ...this.onPages.answers, ...this.history.answers, ...this.files.answers } as Record<string, ((body: object) => Requests[Name]["reply"] | Promise<Requests[Name]["reply"]>) | undefined>;
    const answer = all[name];
    if (answer === undefined) throw new Fault("usage", `a pretend door opens pages itself and is not asked for ${name}`);
    return answer(body);
  }

  listen(hear: (notice: Notice) => void): () => void {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  }

  async open(id: string, hear: PageHearer): Promise<OpenPage> {
    await Promise.resolve();
    const page = this.pages.find(({ line }) => line.id === id);
    if (page === undefined) throw new Fault("not_found", "there is no such page here");
    const hearers = this.open_.get(id) ?? [];
    this.open_.set(id, [...hearers, hear]);
    const line = this.history.lend(this.identity);
    return {
      document: this.history.bytes(id),
      actor: line,
      message: () => undefined,
      said: () => undefined,
      save: async (change) => {
        await Promise.resolve();
        const fault = this.faults.get("save");
        if (fault !== undefined) throw fault;
        this.take(page, [change], true, hear);
      },
      close: () => this.open_.set(id, (this.open_.get(id) ?? []).filter((other) => other !== hear)),
    };
  }

  /** Changes are kept, and told to whoever has the page open, but for whoever made them. */
  take(page: PretendPage, changes: readonly Uint8Array[], here: boolean, by: PageHearer | null = null): void {
    page.changes.push(...changes);
    for (const other of this.open_.get(page.line.id) ?? []) if (other !== by) other.changes(changes);
    this.say({ notice: "page_changed", notebook_id: page.notebook, page_id: page.line.id, here });
  }

  /** The changes of a page that were saved here. */
  saved(id: string): readonly Uint8Array[] {
    return this.pages.find(({ line }) => line.id === id)?.changes ?? [];
  }

  private introduce({ name, organisation, sector, job, level, places }: SetProfile): Identity {
    const said = (now: string | null, edit: string | null) => (edit === null ? now : edit.trim() || null);
    const before = this.identity;
    this.identity = {
      ...before,
      name: said(before.name, name),
      organisation: said(before.organisation, organisation),
      sector: said(before.sector, sector),
      job: said(before.job, job),
      level: level ?? before.level,
      places: places ?? before.places,
    };
    return this.identity;
  }

  private capture(text: string): Requests["capture"]["reply"] {
    const id = this.id();
    this.inbox.unshift({ id, text, when: this.now, at: null });
    return { id };
  }

  private file(capture: string, notebook: string): Requests["file_capture"]["reply"] {
    const at = this.inbox.findIndex(({ id }) => id === capture);
    const [line] = this.inbox.splice(at, 1);
    const title = (line?.text ?? "").slice(0, 40);
    return { id: this.page(notebook, title, ["Ada"], []), notebook_id: notebook, title, notebook };
  }
}
