/** Notebooks on a pretend node: listed, begun, renamed, described, and how it stands with them. */

import { Fault, type NotebookLine, type NotebookStatus, type NotebookView, type PeerLine, type Renamed, type Requests } from "../src/door/door";
import type { PretendDoor } from "./pretend-door";

/** What is asked of a node about notebooks, but for the people in them. */
export type NotebookRequests = Pick<Requests, "list_notebooks" | "show_notebook" | "new_notebook" | "rename_notebook" | "describe_notebook" | "get_status">;

type Answers = { [N in keyof NotebookRequests]: (body: NotebookRequests[N]["body"]) => NotebookRequests[N]["reply"] };

export class PretendNotebooks {
  /** What is said of a notebook beside its title and challenge. */
  readonly about = new Map<string, Pick<NotebookView, "ground_rules" | "review_date">>();
  /** How many records wait, and which were refused. */
  readonly waiting = new Map<string, number>();
  readonly refused = new Map<string, NotebookView["refused"]>();
  readonly peers: PeerLine[] = [];

  constructor(private readonly door: PretendDoor) {}

  readonly answers: Answers = {
    list_notebooks: () => [...this.door.notebooks],
    show_notebook: ({ notebook }) => this.view(notebook),
    new_notebook: ({ title, challenge }) => this.begin(title, challenge),
    rename_notebook: ({ notebook, title }) => this.change(notebook, { title }),
    describe_notebook: ({ notebook, challenge, ground_rules, review_date }) => this.describe(notebook, challenge, ground_rules, review_date),
    get_status: () => ({ device_id: this.door.identity.device_id, peers: this.peers, notebooks: this.door.notebooks.map((line) => this.status(line)) }),
  };

  private found(id: string): NotebookLine {
    const line = this.door.notebooks.find((one) => one.id === id);
    if (line === undefined) throw new Fault("not_found", "there is no such notebook here", "en");
    return line;
  }

  private view(id: string): NotebookView {
    const line = this.found(id);
    const founder = this.door.sharing.of(id).find(({ state }) => state === "founder");
    const about = this.about.get(id) ?? { ground_rules: null, review_date: null };
    const held = { waiting: this.waiting.get(id) ?? 0, refused: this.refused.get(id) ?? [], holders: this.door.holders.get(id) ?? [] };
    return { ...line, ...about, founder: founder?.name ?? "", founder_id: founder?.person_id ?? "", ...held };
  }

  private status({ id, title, pages }: NotebookLine): NotebookStatus {
    const { waiting, refused, holders } = this.view(id);
    return { id, title, pages, waiting, refused: refused.length, holders };
  }

  private begin(title: string, challenge: string | null): { id: string } {
    const id = this.door.notebook(title);
    this.change(id, { challenge });
    return { id };
  }

  private describe(id: string, challenge: string | null, ground_rules: string | null, review_date: string | null): Renamed {
    if (review_date !== null && review_date !== "" && !/^(19|20|21)\d\d-\d\d-\d\d$/.test(review_date)) throw new Fault("refused", `"${review_date}" is not a day; write the year, the month and the day, such as 2027-03-31`, "en");
    const { ground_rules: rules, review_date: date } = this.about.get(id) ?? { ground_rules: null, review_date: null };
    const said = (now: string | null, edit: string | null) => (edit === null ? now : edit.trim() || null);
    this.about.set(id, { ground_rules: said(rules, ground_rules), review_date: said(date, review_date) });
    return this.change(id, { challenge: said(this.found(id).challenge, challenge) });
  }

  private change(id: string, change: Partial<NotebookLine>): Renamed {
    const line = { ...this.found(id), ...change };
    if (line.role !== "writer" && line.role !== "admin") throw new Fault("refused", `you are a ${line.role ?? "stranger"} in this notebook and changing it takes a writer; ask an admin for that role`, "en");
    this.door.notebooks.splice(this.door.notebooks.findIndex((one) => one.id === id), 1, line);
    this.door.say({ notice: "notebook_changed", notebook_id: id });
    return { id, title: line.title };
  }
}
