/**
 * The door of a window that a node serves to a browser: one WebSocket, opened again when it breaks. What crosses is in the
 * README of the `web` room.
 */

import { m } from "../paraglide/messages.js";
import { Fault, type Code, type Door, type Notice, type OpenedPage, type OpenPage, type PageHearer, type Requests } from "./door";

const PROTOCOL = 1;
/** The node does not know the token. */
const UNKNOWN = 4401;
/** Pauses before trying again, in milliseconds; the last one for ever. */
const PAUSES = [100, 500, 1_000, 3_000] as const;

interface Waiting {
  readonly done: (reply: unknown) => void;
  readonly failed: (fault: Fault) => void;
}

type Said =
  | { readonly id: number; readonly done: { readonly body: unknown } }
  | { readonly id: number; readonly fault: { readonly code: Code; readonly say: string } }
  | { readonly notice: Notice }
  | { readonly missed: true }
  | { readonly hedgerow: number };

export class WebDoor implements Door {
  private socket: WebSocket | null = null;
  private begun = false;
  private asked = 0;
  private tries = 0;
  private away: Fault | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private readonly hearers = new Set<(notice: Notice) => void>();
  private readonly openers = new Set<() => void>();

  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  async ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]> {
    const socket = await this.opened();
    this.asked += 1;
    const id = this.asked;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done: done as (reply: unknown) => void, failed });
      socket.send(JSON.stringify({ id, ask: { request: name, ...body } }));
    });
  }

  listen(hear: (notice: Notice) => void): () => void {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  }

  async open(page: string, hearer: PageHearer): Promise<OpenPage> {
    const opened = await this.ask("open_page", { page });
    return new LentPage(this, opened, hearer);
  }

  private connect(): void {
    this.begun = true;
    const socket = new WebSocket(this.address);
    socket.onopen = () => {
      socket.send(JSON.stringify({ hedgerow: PROTOCOL, token: this.token }));
    };
    socket.onmessage = ({ data }) => {
      this.hear(socket, JSON.parse(data as string) as Said);
    };
    socket.onclose = ({ code }) => {
      this.lose(code === UNKNOWN);
    };
  }

  private hear(socket: WebSocket, said: Said): void {
    if ("hedgerow" in said) this.begin(socket);
    else if ("notice" in said) this.tell(said.notice);
    else if ("missed" in said) this.tell({ notice: "missed" });
    else {
      const waiting = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if ("done" in said) waiting?.done(said.done.body);
      else waiting?.failed(new Fault(said.fault.code, said.fault.say, "en"));
    }
  }

  private begin(socket: WebSocket): void {
    const again = this.away !== null;
    [this.socket, this.tries, this.away] = [socket, 0, null];
    this.settle();
    if (again) this.tell({ notice: "missed" });
  }

  private lose(isUnknown: boolean): void {
    this.socket = null;
    this.away = new Fault("unreachable", isUnknown ? m.node_restarted() : m.node_away());
    for (const { failed } of this.waiting.values()) failed(this.away);
    this.waiting.clear();
    this.settle();
    // A node that was started anew has another address: nothing comes of trying.
    if (isUnknown) return;
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    setTimeout(() => { this.connect(); }, pause);
  }

  private settle(): void {
    for (const settled of this.openers) settled();
    this.openers.clear();
  }

  /** Connects when something is asked for the first time: by then the window knows its language. */
  private async opened(): Promise<WebSocket> {
    if (!this.begun) this.connect();
    if (this.socket === null && this.away === null) await new Promise<void>((settled) => this.openers.add(settled));
    if (this.socket === null) throw this.away ?? new Fault("unreachable", m.node_away());
    return this.socket;
  }

  private tell(notice: Notice): void {
    for (const hear of [...this.hearers]) hear(notice);
  }
}

/** A page that is open, its copy's place in the page's history, and what the copy has to say next. */
class LentPage implements OpenPage {
  /** Where the page stood when the copy was last given all that it lacked. */
  private have: readonly string[];
  private next: string | null;
  private asking = false;
  private askAgain = false;
  private readonly page: string;
  readonly actor: string;
  readonly document: Uint8Array;
  private readonly stop: () => void;

  constructor(
    private readonly door: WebDoor,
    { id, notebook_id, actor, document, standing }: OpenedPage,
    private readonly hearer: PageHearer,
  ) {
    [this.page, this.actor, this.document] = [id, actor, bytesOf(document)];
    [this.have, this.next] = [standing.heads, standing.message];
    this.stop = door.listen((notice) => {
      const { notice: what } = notice;
      const isOfPage = what === "page_changed" && notice.page_id === id;
      // Who may write is different, perhaps, and the next change has to say so.
      const isOfNotebook = what === "notebook_changed" && notice.notebook_id === notebook_id;
      if (what === "missed" || isOfPage || isOfNotebook) void this.catchUp();
    });
  }

  message(): string | undefined {
    return this.next ?? undefined;
  }

  said(): void {
    this.next = null;
  }

  async save(change: Uint8Array): Promise<void> {
    const { page, actor } = this;
    const standing = await this.door.ask("write_page", { page, actor, changes: [textOf(change)] });
    this.next = standing.message;
  }

  close(): void {
    this.stop();
    // Where the node is away it has taken the page back already.
    this.door.ask("close_page", { page: this.page, actor: this.actor }).catch(() => undefined);
  }

  /** Asks for what others wrote; what is told meanwhile makes it ask once more. */
  private async catchUp(): Promise<void> {
    this.askAgain = true;
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.askAgain) {
        this.askAgain = false;
        await this.takeNews();
      }
    } catch {
      // The page is gone, or the node is away: the lists say so, and saving does.
    } finally {
      this.asking = false;
    }
  }

  private async takeNews(): Promise<void> {
    const { page, actor, have } = this;
    const news = await this.door.ask("page_news", { page, actor, have });
    if (news.whole !== null) {
      this.hearer.anew();
      return;
    }
    [this.have, this.next] = [news.standing.heads, news.standing.message];
    if (news.changes.length > 0) this.hearer.changes(news.changes.map(bytesOf));
  }
}

/** Bytes from base64. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Bytes as base64. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}
