/** What is copied out: lists in lists as other programs write them, and plain text that reads well in a message. */

import type { Fragment } from "prosemirror-model";
import { isContainer, type Block, type Container, type Mark } from "./blocks";
import { followable } from "./links";
import { blocksOfSlice } from "./paste";
import { readTable } from "./table";

const escaped: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => escaped[c] ?? c);
}

/** Blocks as HTML. */
export function htmlOf(blocks: readonly Block[]): string {
  let out = "";
  const open: Container[] = [];
  const close = (depth: number) => {
    while (open.length > depth) out += ending(open.pop() as Container);
  };
  for (const [index, block] of blocks.entries()) {
    close(block.parents.length);
    if (isContainer(block.type)) {
      // A list goes on where the item before it was of the same kind: its end is taken back.
      const before = blocks[index - 1];
      const end = before === undefined ? "" : `</${listName(block.type)}>`;
      const joins = block.type !== "blockquote" && end !== "" && out.endsWith(`</li>${end}`) && block.start === undefined;
      out = joins ? out.slice(0, -end.length) : out + beginning(block);
      out += itemBeginning(block) + inlineHtml(block);
      open.push(block.type);
    } else {
      out += plainHtml(block);
    }
  }
  close(0);
  return out;
}

function listName(type: Container): string {
  if (type === "blockquote") return "blockquote";
  return type === "ordered-list-item" ? "ol" : "ul";
}

function beginning(block: Block): string {
  if (block.type === "blockquote") return "<blockquote>";
  const start = block.start === undefined ? "" : ` start="${block.start}"`;
  return `<${listName(block.type as Container)}${start}>`;
}

function itemBeginning(block: Block): string {
  if (block.type === "blockquote") return "";
  return block.type === "task-list-item" ? `<li data-checked="${block.checked === true}">` : "<li>";
}

function ending(type: Container): string {
  return type === "blockquote" ? "</blockquote>" : `</li></${listName(type)}>`;
}

function plainHtml(block: Block): string {
  switch (block.type) {
    case "heading":
      return `<h${block.level ?? 1}>${inlineHtml(block)}</h${block.level ?? 1}>`;
    case "code-block": {
      const language = block.language === undefined ? "" : ` data-language="${escape(block.language)}"`;
      return `<pre${language}><code>${escape(block.text)}</code></pre>`;
    }
    case "table":
      return tableHtml(block.text);
    case "attachment":
      return fileHtml(block);
    default:
      return `<p>${inlineHtml(block)}</p>`;
  }
}

/** Which file it is goes along, for pages of Hedgerow; other programs see what it is called and what is said of it. */
function fileHtml({ attachment, text }: Block): string {
  if (attachment === undefined) return `<p>${escape(text)}</p>`;
  const { id, name, media_type, size } = attachment;
  const said = Object.entries({ id, name, kind: media_type, size: String(size) }).map(([key, value]) => ` data-file-${key}="${escape(value)}"`);
  return `<p${said.join("")}>${escape(text)}</p>`;
}

function tableHtml(source: string): string {
  const table = readTable(source);
  if (table === null) return `<pre><code>${escape(source)}</code></pre>`;
  const row = (cells: readonly string[], name: string) =>
    `<tr>${cells.map((cell) => `<${name}>${escape(cell)}</${name}>`).join("")}</tr>`;
  return `<table>${row(table.head, "th")}${table.rows.map((cells) => row(cells, "td")).join("")}</table>`;
}

function inlineHtml({ text, marks }: Block): string {
  const edges = [...new Set([0, text.length, ...marks.flatMap((mark) => [mark.from, mark.to])])].sort((a, b) => a - b);
  return edges
    .slice(0, -1)
    .map((from, at) => {
      const on = marks.filter((mark) => mark.from <= from && from < mark.to);
      const inner = escape(text.slice(from, edges[at + 1])).replace(/\n/g, "<br>");
      return on.reduce(wrapped, inner);
    })
    .join("");
}

function wrapped(inner: string, mark: Mark): string {
  if (mark.type !== "link") return `<${mark.type}>${inner}</${mark.type}>`;
  const address = followable(String(mark.value));
  return address === null ? inner : `<a href="${escape(address)}">${inner}</a>`;
}

/** Blocks as text for a message: items with their bullets, a blank line between paragraphs. */
export function textOf(blocks: readonly Block[]): string {
  let out = "";
  let number = 0;
  for (const [index, block] of blocks.entries()) {
    number = block.type === "ordered-list-item" ? (block.start ?? number + 1) : 0;
    const before = blocks[index - 1];
    const tight = before !== undefined && isContainer(block.type) && isContainer(before.type);
    if (index > 0) out += tight ? "\n" : "\n\n";
    out += "  ".repeat(block.parents.length) + bullet(block, number) + lineOf(block);
  }
  return out;
}

/** Its text; of a file also what it is called. */
function lineOf({ attachment, text }: Block): string {
  if (attachment === undefined) return text;
  return text === "" ? attachment.name : `${attachment.name}: ${text}`;
}

function bullet(block: Block, number: number): string {
  switch (block.type) {
    case "unordered-list-item":
      return "- ";
    case "ordered-list-item":
      return `${number}. `;
    case "task-list-item":
      return block.checked === true ? "[x] " : "[ ] ";
    case "blockquote":
      return "> ";
    default:
      return "";
  }
}

/** What is selected, for the clipboard. */
export function copied(content: Fragment): { html: string; text: string } {
  const blocks = blocksOfSlice(content);
  // A piece of one line is pasted into another line, not as a line of its own.
  const [only] = blocks;
  const isPiece = blocks.length === 1 && only !== undefined && only.type === "paragraph";
  return { html: isPiece ? inlineHtml(only) : htmlOf(blocks), text: textOf(blocks) };
}
