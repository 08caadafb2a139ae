/** How blocks are drawn that are more than text: items that know their number, tasks with a box, tables. */

import type { Node } from "prosemirror-model";
import type { Decoration, EditorView, NodeView, NodeViewConstructor, ViewMutationRecord } from "prosemirror-view";
import type { Container } from "../blocks";
import type { Standing } from "../numbering";
import { readTable } from "../table";
import { FileView, type DrawFile } from "./file-view";
import type { Labels } from "./labels";

/** What a decoration tells a block's view. */
export interface Hint {
  readonly standing?: Standing;
  readonly caret?: boolean;
}

/** How each kind of block is drawn that is more than text; what happens when a box is ticked, or a table is to be edited. */
export function blockViews(labels: Labels, onTick: (at: number) => void, onTable: (at: number | undefined) => void, drawFile: DrawFile | null = null): Record<string, NodeViewConstructor> {
  const item: NodeViewConstructor = (node, _, __, decorations) => new ItemView(node, decorations);
  return {
    "unordered-list-item": item,
    "ordered-list-item": item,
    "task-list-item": (node, view, place, decorations) => new TaskView(node, view, place, decorations, labels, onTick),
    table: (node, _, place, decorations) => new TableView(node, decorations, labels, () => { onTable(place()); }),
    ...(drawFile === null ? {} : { attachment: (node, view, place) => new FileView(node, view, place, drawFile, labels.caption) }),
  };
}

function hintIn(decorations: readonly Decoration[]): Hint {
  return Object.assign({}, ...decorations.map((decoration) => decoration.spec as Hint)) as Hint;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  return made;
}

function lieIn(dom: HTMLElement, node: Node): void {
  const parents = node.attrs["parents"] as readonly Container[];
  dom.style.setProperty("--depth", String(parents.length));
  dom.toggleAttribute("data-inside", parents.length > 0);
  dom.toggleAttribute("data-quoted", parents.includes("blockquote"));
}

/** An item: a list of one, that says which of its list it is. */
export class ItemView implements NodeView {
  readonly dom: HTMLUListElement | HTMLOListElement;
  readonly contentDOM: HTMLElement;
  private readonly item = element("li");

  constructor(
    private node: Node,
    decorations: readonly Decoration[],
  ) {
    this.dom = node.type.name === "ordered-list-item" ? element("ol", "item numbered") : element("ul", "item bullet");
    this.contentDOM = this.item;
    this.dom.append(this.item);
    this.draw(decorations);
  }

  update(node: Node, decorations: readonly Decoration[]): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw(decorations);
    return true;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type === "attributes";
  }

  private draw(decorations: readonly Decoration[]): void {
    lieIn(this.dom, this.node);
    standIn(this.item, hintIn(decorations).standing);
    if (this.dom instanceof HTMLOListElement) this.dom.start = hintIn(decorations).standing?.number ?? 1;
  }
}

function standIn(item: HTMLElement, standing: Standing | undefined): void {
  if (standing === undefined) return;
  item.setAttribute("aria-posinset", String(standing.position));
  item.setAttribute("aria-setsize", String(standing.of));
}

/** A task: its box can be ticked with a mouse or a finger; with the keyboard it is Mod-Enter. */
export class TaskView implements NodeView {
  readonly dom = element("ul", "item task");
  readonly contentDOM = element("div", "task-text");
  private readonly item = element("li");
  private readonly box = element("input");

  constructor(
    private node: Node,
    view: EditorView,
    place: () => number | undefined,
    decorations: readonly Decoration[],
    private readonly labels: Labels,
    onTick: (at: number) => void,
  ) {
    this.box.type = "checkbox";
    this.box.tabIndex = -1;
    const label = element("label", "task-box");
    label.contentEditable = "false";
    label.append(this.box);
    this.item.append(label, this.contentDOM);
    this.dom.append(this.item);
    this.box.addEventListener("change", () => {
      const at = place();
      if (at !== undefined && view.editable) onTick(at + 1);
      this.box.checked = this.node.attrs["checked"] as boolean;
    });
    this.draw(decorations);
  }

  update(node: Node, decorations: readonly Decoration[]): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw(decorations);
    return true;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type === "attributes" || !this.contentDOM.contains(mutation.target);
  }

  private draw(decorations: readonly Decoration[]): void {
    lieIn(this.dom, this.node);
    standIn(this.item, hintIn(decorations).standing);
    this.box.checked = this.node.attrs["checked"] as boolean;
    this.box.setAttribute("aria-label", this.labels.done());
    this.dom.toggleAttribute("data-checked", this.box.checked);
  }
}

/** A table: drawn, until the caret is in it; then it is the text that it is. */
export class TableView implements NodeView {
  readonly dom = element("div", "table-block");
  readonly contentDOM = element("code");
  private readonly source = element("pre", "table-source");
  private readonly drawing = element("div", "table-drawing");

  constructor(
    private node: Node,
    decorations: readonly Decoration[],
    private readonly labels: Labels,
    onEdit: () => void,
  ) {
    this.drawing.contentEditable = "false";
    this.source.append(this.contentDOM);
    this.dom.append(this.drawing, this.source);
    this.drawing.addEventListener("click", onEdit);
    this.draw(decorations, true);
  }

  update(node: Node, decorations: readonly Decoration[]): boolean {
    if (node.type !== this.node.type) return false;
    const anew = node.textContent !== this.node.textContent;
    this.node = node;
    this.draw(decorations, anew);
    return true;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type === "attributes" || this.drawing.contains(mutation.target);
  }

  private draw(decorations: readonly Decoration[], anew: boolean): void {
    lieIn(this.dom, this.node);
    if (anew) this.drawing.replaceChildren(...drawTable(this.node.textContent));
    const drawn = this.drawing.hasChildNodes();
    this.drawing.title = this.labels.editTable();
    this.dom.toggleAttribute("data-drawn", drawn && hintIn(decorations).caret !== true);
  }
}

function drawTable(source: string): Element[] {
  const table = readTable(source);
  if (table === null) return [];
  const row = (cells: readonly string[], name: "th" | "td") => {
    const made = element("tr");
    for (const [at, text] of cells.entries()) {
      const cell = element(name);
      if (cell.tagName === "TH") cell.setAttribute("scope", "col");
      cell.textContent = text;
      cell.style.textAlign = table.align[at] ?? "";
      made.append(cell);
    }
    return made;
  };
  const [made, head, body] = [element("table"), element("thead"), element("tbody")];
  head.append(row(table.head, "th"));
  body.append(...table.rows.map((cells) => row(cells, "td")));
  made.append(head, body);
  return [made];
}
