/**
 * The editor's schema: a page is a flat row of blocks, each of which says what it lies in, exactly as the document holds
 * it. There is one node for each marker and one character for each character, so that a place in the editor and a place
 * in the document are the same but for counting.
 */

import { Schema, type Attrs, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";
import type { Container, Marker } from "./blocks";
import { followable, toldAddress } from "./links";

/** How a block is told in the DOM what it lies in, for styling. */
function depth(node: Node): Record<string, string> {
  const parents = node.attrs["parents"] as readonly Container[];
  const quoted = parents.includes("blockquote") ? { "data-quoted": "" } : {};
  const inset = parents.length === 0 ? {} : { "data-depth": String(parents.length), style: `--depth: ${parents.length}` };
  return { ...inset, ...quoted };
}

const parents = { default: [] as readonly Container[] };

function block(spec: Partial<NodeSpec> & { toDOM: (node: Node) => DOMOutputSpec }, attrs: Attrs = {}): NodeSpec {
  return { group: "block", content: "text*", whitespace: "pre", defining: true, attrs: { parents, ...attrs }, ...spec };
}

/** A list item is a list of one in the DOM: blocks lie flat, and what counts them says which of how many it is. */
function item(list: "ul" | "ol", name: string): (node: Node) => DOMOutputSpec {
  return (node) => [list, { class: `item ${name}`, ...depth(node) }, ["li", 0]];
}

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: block({ toDOM: (node) => ["p", depth(node), 0] }),
  heading: block({ toDOM: (node) => [`h${node.attrs["level"] as number}`, depth(node), 0] }, { level: { default: 1 } }),
  "unordered-list-item": block({ toDOM: item("ul", "bullet") }),
  "ordered-list-item": block({ toDOM: item("ol", "numbered") }, { start: { default: null } }),
  "task-list-item": block({ toDOM: item("ul", "task") }, { checked: { default: false } }),
  blockquote: block({ toDOM: (node) => ["blockquote", depth(node), ["p", 0]] }),
  "code-block": block(
    { toDOM: (node) => ["pre", depth(node), ["code", 0]], code: true, marks: "" },
    { language: { default: null } },
  ),
  table: block({ toDOM: (node) => ["pre", { class: "table", ...depth(node) }, ["code", 0]], code: true, marks: "" }),
  // Where it is written in, what is drawn of the file is its view's.
  attachment: block({ toDOM: (node) => ["div", { class: "attachment", ...depth(node) }, 0], marks: "" }, { attachment: { default: null } }),
  // What a newer Hedgerow knows: shown as a paragraph, and kept.
  unknown: block({ toDOM: (node) => ["p", { class: "unknown", ...depth(node) }, 0] }, { type: { default: "" }, said: { default: null } }),
  text: { group: "inline" },
};

const marks: Record<string, MarkSpec> = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    toDOM: (mark) => {
      const address = followable(mark.attrs["href"] as string);
      return address === null
        ? ["span", { class: "no-link", title: mark.attrs["href"] as string }, 0]
        : ["a", { href: address, title: toldAddress(address), rel: "noopener noreferrer nofollow" }, 0];
    },
  },
  strong: { toDOM: () => ["strong", 0] },
  em: { toDOM: () => ["em", 0] },
  code: { inclusive: false, toDOM: () => ["code", { spellcheck: "false" }, 0] },
};

export const schema = new Schema({ nodes, marks });

/** Which node stands for which kind of block. */
export function nodeName({ type, attachment }: Pick<Marker, "type" | "attachment">): string {
  if (type === "attachment" && attachment === undefined) return "unknown";
  return type !== "doc" && type !== "text" && type !== "unknown" && type in nodes ? type : "unknown";
}
