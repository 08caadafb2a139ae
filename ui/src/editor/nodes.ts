/** Between blocks and the editor's nodes, and between places in the one and in the other. */

import { Fragment, type Mark as EditorMark, type Node } from "prosemirror-model";
import type { Attached } from "./attached";
import { byPlace, length, sameBlock, takesMarks, type Block, type Container, type Mark, type MarkName, type Marker } from "./blocks";
import { nodeName, schema } from "./schema";

const blockOfNode = new WeakMap<Node, Block>();

/** The blocks of an editor's document, as they stand there: not necessarily in normal form. */
export function blocksIn(doc: Node): Block[] {
  const out: Block[] = [];
  doc.forEach((node) => out.push(blockOf(node)));
  return out;
}

/** The block that a node is. The same node gives the same object, so that what did not change is seen at once. */
export function blockOf(node: Node): Block {
  const before = blockOfNode.get(node);
  if (before !== undefined) return before;
  const made: Block = { ...markerOfNode(node), text: node.textContent, marks: marksIn(node) };
  blockOfNode.set(node, made);
  nodeOfBlock.set(made, node);
  return made;
}

function markerOfNode(node: Node): Marker {
  const { attrs } = node;
  const parents = attrs["parents"] as readonly Container[];
  switch (node.type.name) {
    case "heading":
      return { type: "heading", parents, level: attrs["level"] as number };
    case "ordered-list-item": {
      const start = attrs["start"] as number | null;
      return start === null ? { type: "ordered-list-item", parents } : { type: "ordered-list-item", parents, start };
    }
    case "task-list-item":
      return { type: "task-list-item", parents, checked: attrs["checked"] as boolean };
    case "code-block": {
      const language = attrs["language"] as string | null;
      return language === null ? { type: "code-block", parents } : { type: "code-block", parents, language };
    }
    case "attachment":
      return { type: "attachment", parents, attachment: attrs["attachment"] as Attached };
    case "unknown":
      return { type: attrs["type"] as string, parents, ...(attrs["said"] === null ? {} : { said: attrs["said"] as string }) };
    default:
      return { type: node.type.name, parents };
  }
}

function marksIn(node: Node): Mark[] {
  const out: Mark[] = [];
  let at = 0;
  node.forEach((text) => {
    for (const mark of text.marks) {
      const type = mark.type.name as MarkName;
      const value = type === "link" ? (mark.attrs["href"] as string) : true;
      const last = out.findLast((before) => before.type === type);
      if (last !== undefined && last.to === at && last.value === value) {
        out[out.indexOf(last)] = { ...last, to: at + text.nodeSize };
      } else {
        out.push({ from: at, to: at + text.nodeSize, type, value });
      }
    }
    at += text.nodeSize;
  });
  return out.sort(byPlace);
}

const nodeOfBlock = new WeakMap<Block, Node>();

/** The editor's document for these blocks. */
export function docOf(blocks: readonly Block[]): Node {
  return schema.node("doc", null, blocks.map(nodeOf));
}

/** The node for a block. The same block gives the same node, and that node the same block if it says all of it. */
export function nodeOf(block: Block): Node {
  const before = nodeOfBlock.get(block);
  if (before !== undefined) return before;
  const node = schema.node(nodeName(block), attributesOf(block), inline(block));
  if (sameBlock(blockOf(node), block)) blockOfNode.set(node, block);
  nodeOfBlock.set(block, node);
  return node;
}

/** The attributes of the node for a block. */
export function attributesOf(block: Marker): Record<string, unknown> {
  const { parents } = block;
  switch (nodeName(block)) {
    case "heading":
      return { parents, level: block.level ?? 1 };
    case "ordered-list-item":
      return { parents, start: block.start ?? null };
    case "task-list-item":
      return { parents, checked: block.checked ?? false };
    case "code-block":
      return { parents, language: block.language ?? null };
    case "attachment":
      return { parents, attachment: block.attachment };
    case "unknown":
      return { parents, type: block.type, said: block.said ?? null };
    default:
      return { parents };
  }
}

/** A block's text as marked text nodes. */
export function inline(block: Block): Fragment {
  if (block.text === "") return Fragment.empty;
  if (!takesMarks(block) || block.marks.length === 0) return Fragment.from(schema.text(block.text));
  const edges = [...new Set([0, block.text.length, ...block.marks.flatMap((mark) => [mark.from, mark.to])])];
  edges.sort((a, b) => a - b);
  const marks = [...block.marks].sort(byPlace);
  let here: Mark[] = [];
  let next = 0;
  return Fragment.fromArray(
    edges.slice(0, -1).map((from, at) => {
      for (let mark = marks[next]; mark !== undefined && mark.from <= from; mark = marks[next]) {
        here.push(mark);
        next += 1;
      }
      here = here.filter((mark) => mark.to > from);
      return schema.text(block.text.slice(from, edges[at + 1]), here.map(editorMark));
    }),
  );
}

export function editorMark(mark: Pick<Mark, "type" | "value">): EditorMark {
  return schema.mark(mark.type, mark.type === "link" ? { href: String(mark.value) } : null);
}

/**
 * The place in the document for a place in the editor: how many markers and characters lie before it. Between two blocks
 * it is where the next one's marker is.
 */
export function placeOf(doc: Node, position: number): number {
  let place = 0;
  let at = 0;
  for (let index = 0; index < doc.childCount; index += 1) {
    const node = doc.child(index);
    const within = position - at;
    if (within < node.nodeSize) return place + Math.max(0, Math.min(within, node.nodeSize - 1));
    place += node.nodeSize - 1;
    at += node.nodeSize;
  }
  return place;
}

/**
 * The place in the editor, within a block's text, for a place in the document. Where one block ends and the next one's
 * marker stands, it is the end of the first: that is where text inserted there would go.
 */
export function positionOf(blocks: readonly Block[], place: number): number {
  let start = 0;
  let position = 0;
  for (const block of blocks) {
    if (place <= start + length(block)) return position + Math.max(1, place - start);
    start += length(block);
    position += length(block) + 1;
  }
  return Math.max(0, position - 1);
}
