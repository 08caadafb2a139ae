/**
 * The door of a window that a node serves to a browser: one WebSocket, opened again when it breaks. What crosses is in the
 * README of the `web` room.
 */

import { m } from "../paraglide/messages.js";
import { Conversation } from "./conversation";
import { Fault, type Door, type Notice, type OpenPage, type PageHearer, type Requests } from "./door";
import { LentPage } from "./lent-page";

const PROTOCOL = 1;
/** The node does not know the token. */
const UNKNOWN = 4401;
/** Pauses before trying again, in milliseconds; the last one for ever. */
const PAUSES = [100, 500, 1_000, 3_000] as const;

export class WebDoor implements Door {
  private socket: WebSocket | null = null;
  private begun = false;
  private tries = 0;
  /** Whether the node said that it does not know the token. */
  private isRefused = false;
  private away: Fault | null = null;
  private readonly conversation = new Conversation();
  private readonly openers = new Set<() => void>();

  constructor(
    private readonly address: string,
    private token: string,
  ) {}

  /** Goes on with the node that was started again: another window of this browser was opened with its token. */
  takes(token: string): void {
    if (token === this.token) return;
    this.token = token;
    if (!this.isRefused) return;
    this.isRefused = false;
    this.connect();
  }

  async ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]> {
    const socket = await this.opened();
    return this.conversation.ask(name, body, (text) => { socket.send(text); });
  }

  listen(hear: (notice: Notice) => void): () => void {
    return this.conversation.listen(hear);
  }

  async open(page: string, hearer: PageHearer): Promise<OpenPage> {
    const opened = await this.ask("open_page", { page });
    return new LentPage(this, opened, hearer);
  }

  /** Where the node was, as a person would type it. */
  private get place(): string {
    return new URL(this.address).host;
  }

  private connect(): void {
    this.begun = true;
    const [socket, token] = [new WebSocket(this.address), this.token];
    socket.onopen = () => {
      socket.send(JSON.stringify({ hedgerow: PROTOCOL, token }));
    };
    socket.onmessage = ({ data }) => {
      // The first that the node says is that it knows the token.
      if (this.socket === null) this.begin(socket);
      else this.conversation.hear(data as string);
    };
    socket.onclose = ({ code }) => {
      this.lose(code === UNKNOWN && token === this.token);
    };
  }

  private begin(socket: WebSocket): void {
    const again = this.away !== null;
    [this.socket, this.tries, this.away] = [socket, 0, null];
    this.settle();
    if (again) this.conversation.tell({ notice: "missed" });
  }

  private lose(isUnknown: boolean): void {
    this.socket = null;
    this.away = new Fault("unreachable", isUnknown ? m.node_restarted() : m.node_away({ place: this.place }));
    this.conversation.breakOff(this.away);
    this.settle();
    this.isRefused = isUnknown;
    // A node that was started anew knows another token: nothing comes of trying with this one.
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
    if (this.socket === null) throw this.away ?? new Fault("unreachable", m.node_away({ place: this.place }));
    return this.socket;
  }
}
