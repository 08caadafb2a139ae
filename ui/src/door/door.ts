/**
 * The one way to a node: what can be asked of it, what it says without being asked, and the page that is open in the
 * editor. A door is the desktop's bridge or the local web server; screens cannot tell which.
 *
 * What crosses it is in `api.ts`, written from the types of the `api` room.
 */

import type { Code, Notice as Told, Reply, Request } from "./api";

export type * from "./api";

/** What can be asked, by name: what goes with it, and the answer. */
export type Requests = {
  [Asked in Request as Asked["request"]]: {
    body: Omit<Asked, "request">;
    reply: Extract<Reply, { reply: Asked["request"] }>["body"];
  };
};

/** What a node says without being asked. */
export type Notice =
  | Told
  /** More happened than was told, or the door was shut for a while: everything may be different. */
  | { readonly notice: "missed" };

/** Why a request was not done: a code that a screen acts on, and one line for the person. */
export class Fault extends Error {
  constructor(
    readonly code: Code,
    readonly say: string,
    /** What language that line is in, where it is not the window's: a node speaks English. */
    readonly lang?: string,
  ) {
    super(say);
  }
}

/** A page as it stands, and its line of editing, leased to this window for as long as it is open. */
export interface OpenPage {
  /** The whole document. */
  readonly document: Uint8Array;
  /** The line of editing: 40 bytes in hexadecimal. */
  readonly actor: string;
  /** What the next change has to carry as its message. */
  message(): string | undefined;
  /** A change was made that carries it. */
  said(): void;
  /** Takes a change; done once it is durable on this device. */
  save(change: Uint8Array): Promise<void>;
  close(): void;
}

/** What is told of a page that is open. */
export interface PageHearer {
  /** What others wrote, in order, as changes that the node has let in. */
  changes(changes: readonly Uint8Array[]): void;
  /** The page does not show any more what the copy holds: it has to be opened again. */
  anew(): void;
}

export interface Door {
  /** Asks. A request that changes something is answered once the change is durable on this device. Throws a `Fault`. */
  ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]>;
  /** Hears what the node says; gives the way to stop hearing it. */
  listen(hear: (notice: Notice) => void): () => void;
  /** Opens a page for writing; what happens to it from then on is told. */
  open(page: string, hearer: PageHearer): Promise<OpenPage>;
}
