/** Where others are on the page: a line at their caret with their initials, and a tint over what they have selected. */

import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";

/** Somebody else, at positions of the editor. */
export interface OtherCaret {
  readonly device: string;
  readonly initials: string;
  /** Which of the eight colours, from 1 on. */
  readonly colour: number;
  readonly anchor: number;
  readonly head: number;
}

const key = new PluginKey<DecorationSet>("others");

/** Draws them; they move with what is written until they are said anew. */
export function carets(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (transaction, shown) => {
        const now = transaction.getMeta(key) as readonly OtherCaret[] | undefined;
        if (now === undefined) return shown.map(transaction.mapping, transaction.doc);
        return DecorationSet.create(transaction.doc, now.flatMap((other) => drawn(other, transaction.doc.content.size)));
      },
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

/** Says where they all are after this transaction. */
export function showing(transaction: Transaction, others: readonly OtherCaret[]): Transaction {
  return transaction.setMeta(key, others);
}

function drawn({ device, initials, colour, anchor, head }: OtherCaret, size: number): Decoration[] {
  const within = (at: number) => Math.max(0, Math.min(at, size));
  const [from, to] = [within(Math.min(anchor, head)), within(Math.max(anchor, head))];
  const caret = Decoration.widget(within(head), () => line(initials, colour), { key: `${device} ${initials} ${colour}`, side: -1 });
  if (from === to) return [caret];
  return [Decoration.inline(from, to, { class: "selected-by-other", "data-presence": String(colour) }), caret];
}

/** Not spoken: the list over the page says who is there. */
function line(initials: string, colour: number): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "other-caret";
  caret.dataset["presence"] = String(colour);
  caret.setAttribute("aria-hidden", "true");
  const flag = document.createElement("span");
  flag.className = "other-flag";
  flag.textContent = initials;
  caret.append(flag);
  return caret;
}
