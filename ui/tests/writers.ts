/** Pages for tests, begun the way a node begins them, and people who have them open. */

import * as A from "@automerge/automerge/slim";
import { EditorState, type Transaction } from "prosemirror-state";
import { Binding, type Screen } from "../src/editor/binding";
import { grows, normal, type Block, type Marker } from "../src/editor/blocks";
import { blocksIn, docOf } from "../src/editor/nodes";
import { PageReplica } from "../src/editor/page-replica";

/** A line of editing as a node leases them: 40 bytes in hexadecimal. */
export function actor(number: number): string {
  return number.toString(16).padStart(2, "0").repeat(40);
}

interface BegunPage {
  hedgerow: A.ImmutableString;
  title?: A.ImmutableString;
  template?: A.ImmutableString;
  body: string;
  "f/why"?: string;
}

/** The bytes of a page that holds these blocks, and has a title if one is given; a plan is begun with a text for its *why*. */
export function begun(blocks: readonly Block[], title: string | null = null, time = 0, template: string | null = null): Uint8Array {
  const text = (value: string) => new A.ImmutableString(value);
  let document = A.init<BegunPage>({ actor: actor(0xee) });
  document = A.change(document, { time }, (page) => {
    page.hedgerow = text("page/1");
    if (title !== null) page.title = text(title);
    if (template !== null) page.template = text(template);
    if (template === "plan") page["f/why"] = "";
    page.body = "";
    let at = 0;
    for (const block of normal(blocks)) {
      A.splitBlock(page, ["body"], at, marker(block));
      A.splice(page, ["body"], at + 1, 0, block.text);
      at += 1 + block.text.length;
    }
    // Marks last: what is inserted behind one that grows would be in it.
    at = 0;
    for (const block of normal(blocks)) {
      for (const { from, to, type, value } of block.marks) {
        const range = { start: at + 1 + from, end: at + 1 + to, expand: grows(type) ? "after" : "none" } as const;
        A.mark(page, ["body"], range, type, value);
      }
      at += 1 + block.text.length;
    }
  });
  return A.save(document);
}

function marker({ type, parents, level, start, checked, language, said, attachment }: Marker): { [key: string]: A.MaterializeValue } {
  const text = (value: string) => new A.ImmutableString(value);
  const plain = Object.entries(said === undefined ? {} : (JSON.parse(said) as Record<string, string | number | boolean>));
  const attrs = {
    ...Object.fromEntries(plain.map(([name, value]) => [name, typeof value === "string" ? text(value) : value])),
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language: text(language) }),
    ...(attachment === undefined ? {} : { attachment: text(attachment.id), name: text(attachment.name), media_type: text(attachment.media_type), size: attachment.size }),
  };
  return { type: text(type), parents: parents.map(text), attrs, isEmbed: false };
}

/** Somebody with the page open in a window. */
export class Writer implements Screen {
  state: EditorState;
  readonly replica: PageReplica;
  readonly binding: Binding;
  /** What they wrote and did not send yet. */
  readonly unheard: Uint8Array[] = [];
  /** What the clock of this window says, in milliseconds. */
  clock = 0;
  /** What it says of the day, in seconds: it is written into changes. */
  seconds = 0;

  constructor(
    readonly name: string,
    bytes: Uint8Array,
    number: number,
  ) {
    const save = (change: Uint8Array) => void this.unheard.push(change);
    this.replica = new PageReplica(bytes, { actor: actor(number), now: () => this.seconds, save });
    this.state = EditorState.create({ doc: docOf(this.replica.blocks) });
    this.binding = new Binding(this, this.replica, () => this.clock);
  }

  updateState(state: EditorState): void {
    this.state = state;
  }

  /** What the window shows. */
  get blocks(): readonly Block[] {
    return blocksIn(this.state.doc);
  }

  get text(): string {
    return this.blocks.map((block) => block.text).join("\n");
  }

  /** Does something, a while after what was done before. */
  do(make: (state: EditorState) => Transaction | null): void {
    this.clock += 1_000;
    const transaction = make(this.state);
    if (transaction !== null) this.binding.dispatch(transaction);
  }
}
