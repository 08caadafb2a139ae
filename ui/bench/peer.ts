/** Somebody who writes on a page from a node of their own, through the door that their window would use. */

import { PageReplica } from "../src/editor/page-replica";
import { difference, type Edit } from "../src/editor/difference";
import type { Block } from "../src/editor/blocks";
import { lengthOf } from "../src/editor/blocks";
import type { OpenPage } from "../src/door/door";
import { WebDoor } from "../src/door/web-door";
import type { Device } from "../tests/journeys/hedgerow";
import { chance } from "./texts";

// A node lets in only windows that it served: Node.js has no page, and says which address it came from itself.
const Socket = globalThis.WebSocket as unknown as new (address: string, how: { readonly headers: Readonly<Record<string, string>> }) => WebSocket;
globalThis.WebSocket = class extends Socket {
  constructor(address: string) {
    super(address, { headers: { origin: `http://${new URL(address).host}` } });
  }
} as unknown as typeof WebSocket;

/** The door to a device's node, as a window that it served has one. */
export function doorTo({ ready }: Device): WebDoor {
  const { host, hash } = new URL(ready.http);
  return new WebDoor(`ws://${host}/door`, new URLSearchParams(hash.slice(1)).get("token") ?? "");
}

/** Changes are saved together, as far as one message to a node holds. */
const TOGETHER = 200;

export class Peer {
  private replica: PageReplica;
  private readonly unsaved: Uint8Array[] = [];
  private place = 0;
  private typed = 0;
  /** How many changes of others have come. */
  heard = 0;

  private constructor(readonly door: WebDoor, readonly id: string, private readonly page: OpenPage, private readonly next: () => number) {
    const save = (change: Uint8Array) => {
      page.said();
      this.unsaved.push(change);
    };
    this.replica = new PageReplica(page.document, { actor: page.actor, now: () => Math.floor(Date.now() / 1_000), message: () => page.message(), save });
  }

  static async at(door: WebDoor, id: string, seed: number): Promise<Peer> {
    const made: { peer?: Peer } = {};
    const early: Uint8Array[] = [];
    const page = await door.open(id, {
      changes: (changes) => {
        if (made.peer === undefined) early.push(...changes);
        else made.peer.hears(changes);
      },
      anew: () => { throw new Error("a page that is measured was begun anew"); },
    });
    const peer = (made.peer = new Peer(door, id, page, chance(seed)));
    if (early.length > 0) peer.hears(early);
    return peer;
  }

  get blocks(): readonly Block[] {
    return this.replica.blocks;
  }

  /** Makes the page read so, as one edit. */
  async writes(blocks: readonly Block[]): Promise<void> {
    this.replica.edit(difference(this.replica.blocks, blocks));
    await this.saves();
  }

  /** Types one character: on where it stands, after forty of them somewhere else. */
  types(): void {
    if (this.typed % 40 === 0) this.place = this.somewhere();
    const letter = this.typed % 6 === 5 ? " " : String.fromCharCode(97 + Math.floor(this.next() * 26));
    const edit: Edit = { splices: [{ at: Math.min(this.place, lengthOf(this.blocks)), removed: [], inserted: [{ text: letter, marks: [] }] }], amendments: [], formats: [] };
    this.replica.edit(edit);
    this.place += 1;
    this.typed += 1;
  }

  /** What was typed goes to the node, and where the caret is. */
  async saves(): Promise<void> {
    const { id, page } = this;
    while (this.unsaved.length > 0) {
      const changes = this.unsaved.splice(0, TOGETHER).map((change) => Buffer.from(change).toString("base64"));
      await this.door.ask("write_page", { page: id, actor: page.actor, changes });
    }
    const caret = this.replica.cursorAt(this.place);
    if (caret !== null) await this.door.ask("be_present", { page: id, caret: { anchor: caret, head: caret } });
  }

  leaves(): void {
    this.page.close();
  }

  private hears(changes: readonly Uint8Array[]): void {
    this.heard += changes.length;
    for (const { at, removed, inserted } of this.replica.receive(changes)) {
      if (at <= this.place) this.place += inserted - Math.min(removed, this.place - at);
    }
  }

  /** The end of some paragraph. */
  private somewhere(): number {
    const { blocks } = this;
    return lengthOf(blocks.slice(0, 1 + Math.floor(this.next() * blocks.length)));
  }
}
