/** Blocks written as lines for tests: `h2 Rota`, `ul sandbags`, `ul>ol 200 of them`, `[x] ring Bo`; a caret is `|`. */

import { EditorState, TextSelection, type Transaction } from "prosemirror-state";
import type { Block, Container, Marker } from "../src/editor/blocks";
import { blocksIn, docOf } from "../src/editor/nodes";

const SHORT: readonly [string, string][] = [
  ["ul", "unordered-list-item"],
  ["ol", "ordered-list-item"],
  ["[]", "task-list-item"],
  ["q", "blockquote"],
  ["code", "code-block"],
  ["table", "table"],
  ["p", "paragraph"],
];

function short(type: string): string {
  return SHORT.find(([, long]) => long === type)?.[0] ?? type;
}

export function drawn(blocks: readonly Block[]): string[] {
  return blocks.map((block) => {
    const kind = block.type === "heading" ? `h${block.level ?? 1}` : short(block.type);
    const own = block.type === "task-list-item" && block.checked === true ? "[x]" : kind;
    const number = block.start === undefined ? "" : String(block.start);
    const text = block.text.replace(/\n/g, "\\n");
    return `${[...block.parents.map(short), own].join(">")}${number} ${marked(text, block)}`.trimEnd();
  });
}

/** Marks as Markdown has them, for a test to read at a glance. */
function marked(text: string, block: Block): string {
  const sign = { strong: "**", em: "_", code: "`", link: "" };
  let out = text;
  for (const mark of [...block.marks].reverse()) {
    const end = mark.type === "link" ? `](${String(mark.value)})` : sign[mark.type];
    const start = mark.type === "link" ? "[" : sign[mark.type];
    out = out.slice(0, mark.from) + start + out.slice(mark.from, mark.to) + end + out.slice(mark.to);
  }
  return out;
}

export function undrawn(lines: readonly string[]): Block[] {
  return lines.map((line) => {
    const [head = "p", ...rest] = line.split(" ");
    const names = head.split(">");
    const own = names.pop() ?? "p";
    const parents = names.map((name) => longOf(name) as Container);
    return { ...markerOf(own, parents), text: rest.join(" ").replace(/\\n/g, "\n"), marks: [] };
  });
}

function markerOf(own: string, parents: readonly Container[]): Marker {
  const heading = /^h([1-6])$/.exec(own);
  if (heading !== null) return { type: "heading", level: Number(heading[1]), parents };
  if (own === "[x]" || own === "[]") return { type: "task-list-item", checked: own === "[x]", parents };
  const numbered = /^ol(\d+)$/.exec(own);
  if (numbered !== null) return { type: "ordered-list-item", start: Number(numbered[1]), parents };
  return { type: longOf(own), parents };
}

function longOf(name: string): string {
  return SHORT.find(([mine]) => mine === name)?.[1] ?? name;
}

/** An editor with these lines; `|` is where the caret is, two of them what is selected. */
export function editing(lines: readonly string[]): EditorState {
  const doc = docOf(undrawn(lines));
  const carets: number[] = [];
  let bare = EditorState.create({ doc });
  for (;;) {
    let at = -1;
    bare.doc.descendants((node, position) => {
      const index = node.isText ? (node.text ?? "").indexOf("|") : -1;
      if (index >= 0 && at < 0) at = position + index;
    });
    if (at < 0) break;
    carets.push(at);
    bare = bare.apply(bare.tr.delete(at, at + 1));
  }
  const [anchor = 1, head = anchor] = carets;
  return bare.apply(bare.tr.setSelection(TextSelection.create(bare.doc, anchor, head)));
}

/** The lines after something was done, with the caret where it is then. */
export function after(state: EditorState, deed: (state: EditorState) => Transaction | null): string[] {
  const transaction = deed(state);
  if (transaction === null) return ["nothing"];
  const done = state.apply(transaction);
  const shown = done.apply(done.tr.insertText("|", done.selection.head));
  return drawn(blocksIn(shown.doc));
}
