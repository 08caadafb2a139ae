/**
 * What comes from elsewhere: web pages, Word, other programs. Only its text, its blocks and its four marks are taken; the
 * rest (styles, pictures, scripts) is left behind.
 */

import type { Fragment, Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { attachedOf, captionLine, type Attached } from "./attached";
import { isContainer, isFile, isLiteral, normal, paragraph, tidyMarks, type Block, type Container, type Mark, type Marker } from "./blocks";
import { addressTyped, followable } from "./links";
import { editorMark, blockOf, nodeOf } from "./nodes";
import { writeTable } from "./table";
import { placeAt } from "./typing";

/** More than this is not one paste; the rest is left out. */
const CHARACTERS_MOST = 500_000;

/** The blocks that some HTML says, however it says it. */
export function blocksFromHtml(html: string, parse: (html: string) => ParentNode): Block[] {
  const reading = new Reading();
  reading.children(parse(withoutComments(html)));
  return reading.finish();
}

/** Word says in comments what it would like browsers of its own kind to see. */
function withoutComments(html: string): string {
  return html.slice(0, CHARACTERS_MOST * 10).replace(/<!--[\s\S]*?-->/g, "").replace(/<o:p>|<\/o:p>/gi, "");
}

/** The blocks that plain text says: a line each, an empty line being no block. */
export function blocksFromText(text: string): Block[] {
  const lines = text.slice(0, CHARACTERS_MOST).replace(/\r\n?/g, "\n").split("\n");
  const blocks = lines.filter((line) => line.trim() !== "").map((line) => paragraph(line));
  return [...normal(blocks)];
}

const LEFT_OUT = new Set(["SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "NOSCRIPT", "BUTTON", "SELECT", "TEXTAREA", "XML"]);
const OWN_LINE = new Set(["P", "DIV", "SECTION", "ARTICLE", "HEADER", "FOOTER", "MAIN", "ASIDE", "NAV", "FIGURE", "FIGCAPTION", "DL", "DT", "DD", "ADDRESS", "DETAILS", "SUMMARY", "FORM", "FIELDSET", "UL", "OL", "HR", "BODY", "CENTER"]);

/** The marks that are on, as an element and those around it say. */
interface Style {
  readonly strong: boolean;
  readonly em: boolean;
  readonly code: boolean;
  readonly link: string | null;
}

const PLAIN: Style = { strong: false, em: false, code: false, link: null };

class Reading {
  private readonly blocks: Block[] = [];
  private text = "";
  private marks: Mark[] = [];
  private marker: Marker = { type: "paragraph", parents: [] };
  /** What is open around what is read. */
  private parents: readonly Container[] = [];
  private characters = 0;

  children(node: ParentNode, style: Style = PLAIN): void {
    for (const child of node.childNodes) this.node(child, style);
  }

  finish(): Block[] {
    this.close();
    return [...normal(this.blocks)].filter((block) => block.text !== "" || this.blocks.length > 1);
  }

  private node(node: ChildNode, style: Style): void {
    if (this.characters > CHARACTERS_MOST) return;
    if (node.nodeType === node.TEXT_NODE) this.write(node.textContent ?? "", style);
    else if (node.nodeType === node.ELEMENT_NODE) this.element(node as Element, style);
  }

  private element(element: Element, around: Style): void {
    const name = element.tagName.toUpperCase();
    if (LEFT_OUT.has(name) || name.includes(":") || isHidden(element)) return;
    const style = styleOf(element, name, around);
    const word = wordItem(element);
    const file = fileIn(element);
    if (file !== null) this.file(file, element);
    else if (word !== null) this.wordItem(element, word, style);
    else if (/^H[1-6]$/.test(name)) this.block({ type: "heading", level: Number(name[1]) }, element, style);
    else if (name === "LI") this.item(element, style);
    else if (name === "BLOCKQUOTE") this.quote(element, style);
    else if (name === "PRE") this.code(element);
    else if (name === "TABLE") this.table(element, style);
    else if (name === "BR") this.lineBreak();
    else if (name === "IMG") this.write(element.getAttribute("alt") ?? "", style);
    else if (OWN_LINE.has(name)) this.ownLine(element, name, style);
    else this.children(element, style);
  }

  private ownLine(element: Element, name: string, style: Style): void {
    this.close();
    if (name === "HR") this.write("---", PLAIN);
    this.children(element, style);
    this.close();
  }

  private block(marker: Omit<Marker, "parents">, element: Element, style: Style): void {
    this.close();
    this.marker = { ...marker, parents: this.parents };
    this.children(element, { ...style, strong: marker.type === "heading" ? false : style.strong });
    this.close();
  }

  private item(element: Element, style: Style): void {
    this.close();
    const type = itemType(element);
    const checked = isTicked(element);
    const start = startOf(element);
    const marker = { type, ...(type === "task-list-item" ? { checked } : {}), ...(start === null ? {} : { start }) };
    this.inside(type, marker, () => {
      this.children(element, style);
    });
  }

  private quote(element: Element, style: Style): void {
    this.close();
    this.inside("blockquote", { type: "blockquote" }, () => {
      this.children(element, style);
    });
  }

  /** The first paragraph within is the item or quotation itself; what follows lies in it. */
  private inside(type: Container, marker: Omit<Marker, "parents">, read: () => void): void {
    const around = this.parents;
    const before = this.blocks.length;
    this.marker = { ...marker, parents: around };
    this.parents = [...around, type];
    read();
    this.close();
    const first = this.blocks[before];
    const isOwn = first !== undefined && first.type === type && first.parents.length === around.length;
    if (!isOwn && this.blocks.length > before) this.blocks.splice(before, 0, { ...marker, parents: around, text: "", marks: [] });
    this.parents = around;
    this.marker = { type: "paragraph", parents: around };
  }

  /** A file that was copied from a page of Hedgerow: which it is goes along, the file itself stays where it lies. */
  private file(attachment: Attached, element: Element): void {
    this.close();
    this.put({ type: "attachment", parents: this.parents, attachment }, captionLine(element.textContent), []);
  }

  private code(element: Element): void {
    this.close();
    const named = /(?:^|\s)language-(\S+)/.exec(`${element.className} ${element.firstElementChild?.className ?? ""}`)?.[1];
    const language = element.getAttribute("data-language") ?? named;
    const text = linesOf(element).replace(/\n$/, "");
    this.put({ type: "code-block", parents: this.parents, ...(language ? { language } : {}) }, text, []);
  }

  /** A table that holds more than text, or lies in another, is layout: its cells are read as they come. */
  private table(element: Element, style: Style): void {
    this.close();
    const rows = [...element.querySelectorAll("tr")].map((row) => [...row.querySelectorAll("th, td")]);
    const cells = rows.flat();
    const isLayout = rows.length < 2 || cells.length === rows.length || cells.some((cell) => cell.querySelector("table, ul, ol, pre, h1, h2, h3") !== null);
    if (isLayout) {
      for (const cell of cells.filter((one) => one.closest("table") === element)) this.ownLine(cell, "TD", style);
      return;
    }
    this.put({ type: "table", parents: this.parents }, writeTable(rows.map((row) => row.map((cell) => cell.textContent))), []);
  }

  /** Word writes items as paragraphs whose style says how deep they are, with the bullet as text. */
  private wordItem(element: Element, depth: number, style: Style): void {
    this.close();
    const ignored = [...element.querySelectorAll("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']")];
    const bullet = ignored.map((one) => one.textContent).join("").trim();
    for (const one of ignored) one.remove();
    const type: Container = /^[0-9a-z]{1,3}[.)]/i.test(bullet) ? "ordered-list-item" : "unordered-list-item";
    const last = this.blocks.at(-1);
    const open = last === undefined ? [] : isContainer(last.type) ? [...last.parents, last.type] : last.parents;
    const parents = open.slice(0, depth - 1);
    this.marker = { type, parents };
    this.children(element, style);
    this.close();
  }

  private lineBreak(): void {
    // Within one line of text it is a line break; at its end it is what browsers put there for themselves.
    if (this.text !== "") this.text += "\n";
  }

  private write(raw: string, style: Style): void {
    let text = raw.replace(/\u00a0/g, " ").replace(/[ \t\r\n\f]+/g, " ");
    if (this.text === "" || /\s$/.test(this.text)) text = text.replace(/^ /, "");
    if (text === "") return;
    const from = this.text.length;
    this.text += text;
    this.characters += text.length;
    const to = this.text.length;
    for (const type of ["strong", "em", "code"] as const) if (style[type]) this.marks.push({ from, to, type, value: true });
    if (style.link !== null) this.marks.push({ from, to, type: "link", value: style.link });
  }

  /** What was written so far is a block. */
  private close(): void {
    const text = this.text.trimEnd();
    const { marker, marks } = this;
    const awaited = isContainer(marker.type) && marker.parents.length < this.parents.length;
    this.text = "";
    this.marks = [];
    if (text === "" && awaited) return;
    this.marker = { type: "paragraph", parents: this.parents };
    if (text === "") return;
    this.blocks.push({ ...marker, text, marks: tidyMarks(text, marks.filter((mark) => mark.from < text.length)) });
  }

  private put(marker: Marker, text: string, marks: readonly Mark[]): void {
    if (text.trim() === "") return;
    this.characters += text.length;
    this.blocks.push({ ...marker, text, marks });
    this.marker = { type: "paragraph", parents: this.parents };
  }
}

function isHidden(element: Element): boolean {
  const style = element.getAttribute("style") ?? "";
  return element.hasAttribute("hidden") || /display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all/i.test(style);
}

function styleOf(element: Element, name: string, around: Style): Style {
  const css = element.getAttribute("style") ?? "";
  const weight = /font-weight\s*:\s*([a-z0-9]+)/i.exec(css)?.[1]?.toLowerCase();
  const slant = /font-style\s*:\s*([a-z]+)/i.exec(css)?.[1]?.toLowerCase();
  const bold = weight === undefined ? name === "B" || name === "STRONG" : weight === "bold" || weight === "bolder" || Number(weight) >= 600;
  const lean = slant === undefined ? name === "I" || name === "EM" || name === "CITE" : slant === "italic" || slant === "oblique";
  // Google wraps all it copies in a <b> of normal weight.
  const says = weight !== undefined && (name === "B" || name === "STRONG");
  const address = name === "A" ? followable(element.getAttribute("href") ?? "") : null;
  return {
    strong: says ? bold : around.strong || bold,
    em: around.em || lean,
    code: around.code || name === "CODE" || name === "KBD" || name === "SAMP" || name === "TT",
    link: address ?? around.link,
  };
}

function itemType(element: Element): Container {
  const box = ownCheckbox(element);
  if (box !== null || element.hasAttribute("data-checked") || element.getAttribute("role") === "checkbox") return "task-list-item";
  return element.parentElement?.tagName.toUpperCase() === "OL" ? "ordered-list-item" : "unordered-list-item";
}

function ownCheckbox(element: Element): Element | null {
  const box = element.querySelector("input[type='checkbox']");
  return box !== null && box.closest("li") === element ? box : null;
}

function isTicked(element: Element): boolean {
  const said = element.getAttribute("data-checked") ?? element.getAttribute("aria-checked");
  return said === null ? ownCheckbox(element)?.hasAttribute("checked") === true : said === "true";
}

function startOf(element: Element): number | null {
  const list = element.parentElement;
  const first = list?.tagName.toUpperCase() === "OL" && list.firstElementChild === element;
  const start = Number(first ? (list.getAttribute("start") ?? "1") : "1");
  return first && Number.isInteger(start) && start !== 1 && start >= 0 ? start : null;
}

function fileIn(element: Element): Attached | null {
  const said = (name: string) => element.getAttribute(`data-file-${name}`) ?? "";
  if (!element.hasAttribute("data-file-id")) return null;
  return attachedOf({ id: said("id"), name: said("name"), media_type: said("kind"), size: said("size") === "" ? null : Number(said("size")) });
}

/** How deep a paragraph of Word's is in a list; nothing if it is none. */
function wordItem(element: Element): number | null {
  const level = /mso-list\s*:[^;]*level(\d)/i.exec(element.getAttribute("style") ?? "")?.[1];
  return level === undefined ? null : Number(level);
}

/** Text as it stands, a line for each `br` and each block within. */
function linesOf(element: Element): string {
  let out = "";
  for (const child of element.childNodes) {
    if (child.nodeType === child.TEXT_NODE) out += child.textContent ?? "";
    else if (child.nodeType === child.ELEMENT_NODE) {
      const inner = child as Element;
      if (inner.tagName.toUpperCase() === "BR") out += "\n";
      else out += linesOf(inner) + (OWN_LINE.has(inner.tagName.toUpperCase()) ? "\n" : "");
    }
  }
  return out;
}

/** Puts blocks where the caret is, or in the place of what is selected. */
export function putBlocks(state: EditorState, blocks: readonly Block[]): Transaction | null {
  const [only] = blocks;
  if (only === undefined) return null;
  const transaction = state.tr.deleteSelection();
  const { $from } = transaction.selection;
  const place = placeAt(transaction.doc, $from.index(0));
  if (place === null) return null;
  if (isLiteral(place.marker.type)) return transaction.insertText(blocks.map(({ text }) => text).join("\n")).scrollIntoView();
  if (isFile(place.marker) && place.node.content.size > 0) return transaction.insertText(blocks.map(({ text }) => captionLine(text)).join(" ")).scrollIntoView();
  const { parents } = place.marker;
  const nodes = blocks.map((block) => nodeOf({ ...block, parents: [...parents, ...block.parents] }));
  const isLine = only.type === "paragraph" && only.parents.length === 0;
  if (blocks.length === 1 && isLine) {
    return transaction.replaceWith($from.pos, $from.pos, nodeOf(only).content).scrollIntoView();
  }
  return putBetween(transaction, nodes, isLine).scrollIntoView();
}

/**
 * Puts nodes where the caret is, step by step, so that what stands around it is left alone: a first line joins what stands
 * before the caret, and what stands behind it joins the last node.
 */
function putBetween(transaction: Transaction, nodes: readonly Node[], joinFirst: boolean): Transaction {
  const place = placeAt(transaction.doc, transaction.selection.$from.index(0));
  const [first, ...others] = nodes;
  if (place === null || first === undefined) return transaction;
  let at = transaction.selection.from;
  if (joinFirst) {
    transaction.insert(at, first.content);
    at += first.content.size;
  }
  const rest = joinFirst ? others : nodes;
  const last = rest.at(-1);
  const end = transaction.doc.resolve(at).end();
  if (last === undefined) return transaction;
  if (place.node.content.size === 0 && !joinFirst) {
    transaction.replaceWith(place.at, place.at + place.node.nodeSize, rest);
    return caretAt(transaction, place.at + sizeOf(rest) - 1);
  }
  if (at === end) {
    transaction.insert(end + 1, rest);
    return caretAt(transaction, end + sizeOf(rest));
  }
  const isMiddle = at > place.at + 1;
  if (isMiddle) transaction.split(at);
  const behind = isMiddle ? at + 1 : place.at;
  const joins = !isLiteral(last.type.name) && last.type.name !== "attachment" && (isMiddle || rest.length > 1);
  if (joins) transaction.setNodeMarkup(behind, last.type, last.attrs).insert(behind + 1, last.content);
  const between = joins ? rest.slice(0, -1) : rest;
  if (between.length > 0) transaction.insert(behind, between);
  return caretAt(transaction, behind + sizeOf(between) + (joins ? 1 + last.content.size : -1));
}

function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + node.nodeSize, 0);
}

function caretAt(transaction: Transaction, position: number): Transaction {
  return transaction.setSelection(TextSelection.near(transaction.doc.resolve(position), -1));
}

/** An address pasted over words makes them a link. */
export function linkOver(state: EditorState, text: string): Transaction | null {
  const address = addressTyped(text);
  const { from, to, empty, $from, $to } = state.selection;
  if (address === null || empty || !$from.sameParent($to) || isLiteral($from.parent.type.name)) return null;
  return state.tr.addMark(from, to, editorMark({ type: "link", value: address }));
}

/** The blocks of a slice, for copying: in normal form by themselves. */
export function blocksOfSlice(content: Fragment): readonly Block[] {
  const blocks: Block[] = [];
  content.forEach((node) => {
    if (node.isTextblock) blocks.push(blockOf(node));
    else if (node.isText) blocks.push({ ...paragraph(node.text ?? ""), marks: [] });
  });
  const least = Math.min(...blocks.map((block) => block.parents.length));
  return normal(blocks.map((block) => ({ ...block, parents: block.parents.slice(least) })));
}
