/**
 * A page's body as blocks of marked text: the same words as the document's own format, so that nothing that a page can
 * hold is lost on its way through the editor.
 */

import { attachedOf, captionLine, sameFile, type Attached } from "./attached";

/** What blocks can lie in. */
export const CONTAINERS = ["unordered-list-item", "ordered-list-item", "task-list-item", "blockquote"] as const;
export type Container = (typeof CONTAINERS)[number];

/** The kinds of block that this version knows. Any other name is kept and shown as a paragraph. */
export const KINDS = [...CONTAINERS, "paragraph", "heading", "code-block", "table", "attachment"] as const;
export type Kind = (typeof KINDS)[number];

/** What stands at the beginning of a block in the document, without its text. */
export interface Marker {
  /** A `Kind`, or a name that a newer Hedgerow knows. */
  readonly type: string;
  /** The list items and quotations it lies in, outermost first. */
  readonly parents: readonly Container[];
  /** Of a heading: 1 to 6. */
  readonly level?: number;
  /** Of a numbered item: its number, where it does not simply follow. */
  readonly start?: number;
  /** Of a task: whether it is done. */
  readonly checked?: boolean;
  /** Of a piece of code: what it is written in. */
  readonly language?: string;
  /** Of a kind that is not known here: what else it says of itself, as JSON, by name. It goes wherever the block goes. */
  readonly said?: string;
  /** Of a file: which. A block of that type that names none is of a kind that this version does not know. */
  readonly attachment?: Attached;
}

export const MARK_NAMES = ["strong", "em", "code", "link"] as const;
export type MarkName = (typeof MARK_NAMES)[number];

/** What a mark says: yes, or where a link leads. */
export type MarkValue = true | string;

/** A mark on a range of a block's text, in UTF-16 units: the units that JavaScript and Automerge's wasm count in. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly type: MarkName;
  readonly value: MarkValue;
}

export interface Block extends Marker {
  readonly text: string;
  /** In order, not overlapping within one name. */
  readonly marks: readonly Mark[];
}

/** How many list items and quotations a block can lie in; what lies deeper is shown at this depth. */
export const NESTING_MOST = 10;

/** One number past the largest that Markdown can write before a list item. */
const START_END = 1_000_000_000;

/** What a code block is said to be written in when it is a table that Markdown cannot write as one. */
const BROKEN_TABLE = "table, as it stands";

export function paragraph(text = ""): Block {
  return { type: "paragraph", parents: [], text, marks: [] };
}

export function isContainer(type: string): type is Container {
  return (CONTAINERS as readonly string[]).includes(type);
}

export function isKind(type: string): type is Kind {
  return (KINDS as readonly string[]).includes(type);
}

/** Whether this version knows what a block is that calls itself so and stands for that file, if for any. */
export function isKnown(type: string, attachment: Attached | null | undefined): boolean {
  return type === "attachment" ? (attachment ?? null) !== null : isKind(type);
}

/** Whether its text is taken as it is, with line breaks as any other character and without marks. */
export function isLiteral(type: string): boolean {
  return type === "code-block" || type === "table";
}

/** Whether it stands for a file; its text is what is said of that, on one line. */
export function isFile(block: Marker): boolean {
  return block.attachment !== undefined;
}

/** Whether its text may be bold, a link ... */
export function takesMarks(block: Marker): boolean {
  return !isLiteral(block.type) && !isFile(block);
}

/** Strong and emphasised text grows where somebody types at its end; code and links do not. */
export function grows(name: MarkName): boolean {
  return name === "strong" || name === "em";
}

/** How many places a block takes in the document: its marker and its text. */
export function length(block: Block): number {
  return 1 + block.text.length;
}

/** How many places blocks take in the document. */
export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + length(block), 0);
}

export function sameParents(a: Marker, b: Marker): boolean {
  return a.parents.length === b.parents.length && a.parents.every((parent, at) => parent === b.parents[at]);
}

/** Whether the markers say the same. */
export function sameMarker(a: Marker, b: Marker): boolean {
  return (
    a.type === b.type &&
    a.level === b.level &&
    a.start === b.start &&
    a.checked === b.checked &&
    a.language === b.language &&
    a.said === b.said &&
    sameFile(a.attachment, b.attachment) &&
    sameParents(a, b)
  );
}

export function sameMarks(a: readonly Mark[], b: readonly Mark[]): boolean {
  const same = (x: Mark, y: Mark | undefined) =>
    y !== undefined && x.from === y.from && x.to === y.to && x.type === y.type && x.value === y.value;
  return a.length === b.length && a.every((mark, at) => same(mark, b[at]));
}

export function sameBlock(a: Block, b: Block): boolean {
  return a === b || (a.text === b.text && sameMarker(a, b) && sameMarks(a.marks, b.marks));
}

export function sameBlocks(a: readonly Block[], b: readonly Block[]): boolean {
  return a.length === b.length && a.every((block, at) => sameBlock(block, b[at] as Block));
}

/** The second of two rows, with the blocks of the first that are the same at its beginning and its end. */
export function keeping(before: readonly Block[], after: readonly Block[]): readonly Block[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && sameBlock(before[head] as Block, after[head] as Block)) head += 1;
  let tail = 0;
  while (tail < most - head && sameBlock(before.at(-1 - tail) as Block, after.at(-1 - tail) as Block)) tail += 1;
  return [...before.slice(0, head), ...after.slice(head, after.length - tail), ...before.slice(before.length - tail)];
}

/** The marker of a block, or of anything that has one in it. */
export function markerOf(block: Marker): Marker {
  return {
    type: block.type,
    parents: block.parents,
    ...(block.level === undefined ? {} : { level: block.level }),
    ...(block.start === undefined ? {} : { start: block.start }),
    ...(block.checked === undefined ? {} : { checked: block.checked }),
    ...(block.language === undefined ? {} : { language: block.language }),
    ...(block.said === undefined ? {} : { said: block.said }),
    ...(block.attachment === undefined ? {} : { attachment: block.attachment }),
  };
}

/**
 * Brings blocks into the one normal form, as reading a page does: at least one block, headings of level 1 to 6, parents
 * only as far as they are open, a number only where it says something, marks in order and none where none can be. A block
 * that is in normal form already is handed back itself.
 */
export function normal(blocks: readonly Block[]): readonly Block[] {
  let open: readonly Container[] = [];
  // At each depth: whether the last sibling was an item of a numbered list.
  const numbered: boolean[] = [];
  const out: Block[] = [];
  for (const raw of blocks) {
    let block = alone(raw);
    const most = isContainer(block.type) ? NESTING_MOST - 1 : NESTING_MOST;
    let fits = 0;
    while (fits < most && fits < block.parents.length && block.parents[fits] === open[fits]) fits += 1;
    if (fits < block.parents.length) block = { ...block, parents: block.parents.slice(0, fits) };
    numbered.length = fits + 1;
    if (block.start !== undefined && block.start === 1 && numbered[fits] !== true) block = without(block, "start");
    numbered[fits] = block.type === "ordered-list-item";
    open = isContainer(block.type) ? [...block.parents, block.type] : block.parents;
    out.push(block);
  }
  return out.length === 0 ? [paragraph()] : out;
}

const known = new WeakSet<Block>();

/** What of the normal form concerns one block by itself. */
function alone(block: Block): Block {
  if (known.has(block)) return block;
  const { text, marks } = block;
  const marker = attributes(block);
  const clean: Block = { ...marker, text: isFile(marker) ? captionLine(readable(text)) : readable(text), marks: [] };
  const settled = takesMarks(clean) ? { ...clean, marks: tidyMarks(clean.text, marks) } : clean;
  const out = sameBlock(settled, block) ? block : settled;
  known.add(out);
  return out;
}

/** The marker with only what applies to its kind. */
function attributes(block: Block): Marker {
  const { type, parents } = block;
  switch (type) {
    case "heading":
      return { type, parents, level: Math.min(6, Math.max(1, Math.trunc(block.level ?? 1))) };
    case "ordered-list-item":
      return isNumber(block.start) ? { type, parents, start: block.start } : { type, parents };
    case "task-list-item":
      return { type, parents, checked: block.checked === true };
    case "code-block": {
      const language = oneLine(block.language ?? "");
      if (language === BROKEN_TABLE) return { type: "table", parents };
      return language === "" ? { type, parents } : { type, parents, language };
    }
    case "attachment": {
      const attachment = block.attachment === undefined ? null : attachedOf(block.attachment);
      return attachment === null ? asSaid(block) : { type, parents, attachment };
    }
    default:
      return isKind(type) ? { type, parents } : asSaid(block);
  }
}

/** The marker of a kind that is not known, with all that it says of itself. */
function asSaid({ type, parents, said }: Marker): Marker {
  return said === undefined ? { type, parents } : { type, parents, said };
}

function isNumber(start: number | undefined): start is number {
  return start !== undefined && Number.isInteger(start) && start >= 0 && start < START_END;
}

function without(block: Block, key: "start"): Block {
  const { [key]: _, ...rest } = block;
  known.add(rest);
  return rest;
}

// eslint-disable-next-line no-control-regex -- these are the characters that are meant
const WRONG = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Control characters other than line feed and tab read as U+FFFD, one for one. */
function readable(text: string): string {
  return text.replace(WRONG, "\ufffd");
}

function oneLine(text: string): string {
  return text.replace(/[\u2028\u2029\t\n]/g, " ").replace(WRONG, " ").trim();
}

/** An address without what would break a line, and without white space around it. */
function address(text: string): string {
  return text.replace(/[\u2028\u2029\t\n]/g, "").replace(WRONG, "").trim();
}

/** Marks sorted, merged where they touch, none empty, code ending at line breaks. */
export function tidyMarks(text: string, marks: readonly Mark[]): readonly Mark[] {
  if (marks.length === 0) return marks;
  const out: Mark[] = [];
  for (const name of MARK_NAMES) {
    const ranges = paint(text, marks, name);
    for (const range of ranges) {
      const last = out.at(-1);
      if (last?.type === name && last.to === range.from && last.value === range.value) {
        out[out.length - 1] = { ...last, to: range.to };
      } else {
        out.push(range);
      }
    }
  }
  return out.sort(byPlace);
}

/** The order in which the marks of a block are given. */
export function byPlace(a: Mark, b: Mark): number {
  return a.from - b.from || a.to - b.to || MARK_NAMES.indexOf(a.type) - MARK_NAMES.indexOf(b.type);
}

/** The ranges of one name in order, a later mark covering an earlier one. */
function paint(text: string, marks: readonly Mark[], name: MarkName): Mark[] {
  let ranges: Mark[] = [];
  const wipe = (from: number, to: number) => {
    ranges = ranges.flatMap((range) => [
      ...(range.from < from ? [{ ...range, to: Math.min(range.to, from) }] : []),
      ...(range.to > to ? [{ ...range, from: Math.max(range.from, to) }] : []),
    ]);
  };
  for (const mark of marks) {
    if (mark.type !== name) continue;
    const [from, to] = [Math.min(mark.from, text.length), Math.min(mark.to, text.length)];
    const value = name === "link" ? address(String(mark.value)) : true;
    if (from >= to || value === "") continue;
    const last = ranges.at(-1);
    if (last === undefined || last.to <= from) {
      ranges.push({ from, to, type: name, value });
    } else {
      wipe(from, to);
      ranges.push({ from, to, type: name, value });
      ranges.sort((a, b) => a.from - b.from);
    }
  }
  return name === "code" ? ranges.flatMap((range) => linesOf(text, range)) : ranges;
}

/** A range without the line breaks in it. */
function linesOf(text: string, range: Mark): Mark[] {
  const lines: Mark[] = [];
  let { from } = range;
  for (let at = text.indexOf("\n", from); at >= 0 && at < range.to; at = text.indexOf("\n", from)) {
    if (at > from) lines.push({ ...range, from, to: at });
    from = at + 1;
  }
  if (from < range.to) lines.push({ ...range, from });
  return lines;
}

/** What a line break begins: another block of the same kind, but a paragraph after a heading or a file, and a task not yet done. */
export function following(block: Marker): Marker {
  const { type, parents } = block;
  if (type === "task-list-item") return { type, parents, checked: false };
  if (type === "heading" || type === "attachment" || !isKind(type)) return { type: "paragraph", parents };
  return { type, parents };
}
