/** How a file on a page is drawn: by whoever knows about files, and below it what is said of it, which is text. */

import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState } from "prosemirror-state";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import type { Attached } from "../attached";
import { sameFile } from "../attached";
import type { Container } from "../blocks";
import { schema } from "../schema";

/** What of a file can change while it is drawn, and what can be done about it. */
export interface FileShown {
  readonly file: Attached;
  readonly caption: string;
  /** Takes it from the page; nothing where one may not write. */
  readonly remove: (() => void) | null;
}

/** A drawing of a file. */
export interface FileDrawing {
  captioned(caption: string): void;
  end(): void;
}

export type DrawFile = (mount: HTMLElement, shown: FileShown) => FileDrawing;

/** From what is said of a file to what can be done with it. Whether the caret was there. */
export function toFile({ selection: { $from } }: EditorState, view: EditorView | undefined): boolean {
  if (view === undefined || $from.parent.type.name !== "attachment") return false;
  const block = view.nodeDOM($from.before());
  const button = block instanceof Element ? block.querySelector("button:not(:disabled)") : null;
  if (button instanceof HTMLElement) button.focus();
  return button !== null;
}

export class FileView implements NodeView {
  readonly dom = document.createElement("div");
  readonly contentDOM = document.createElement("div");
  private readonly box = document.createElement("div");
  private readonly drawing: FileDrawing;

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly place: () => number | undefined,
    draw: DrawFile,
    private readonly said: () => string,
  ) {
    this.dom.className = "file-block";
    this.box.contentEditable = "false";
    this.contentDOM.className = "file-caption";
    this.dom.append(this.box, this.contentDOM);
    // Whoever points at the file is in its words; its buttons are for themselves.
    this.box.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("button") === null) this.goToCaption();
    });
    this.box.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.goToCaption();
    });
    this.drawing = draw(this.box, {
      file: node.attrs["attachment"] as Attached,
      caption: node.textContent,
      remove: view.editable ? () => { this.remove(); } : null,
    });
    this.show();
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || !sameFile(node.attrs["attachment"] as Attached, this.node.attrs["attachment"] as Attached)) return false;
    this.node = node;
    this.show();
    return true;
  }

  /** Buttons of the drawing are its own affair. */
  stopEvent(event: Event): boolean {
    return this.box.contains(event.target as globalThis.Node) && !event.type.startsWith("drag") && event.type !== "drop";
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    if (mutation.type === "selection") return false;
    return mutation.type === "attributes" || !this.contentDOM.contains(mutation.target);
  }

  destroy(): void {
    this.drawing.end();
  }

  private show(): void {
    const parents = this.node.attrs["parents"] as readonly Container[];
    this.dom.style.setProperty("--depth", String(parents.length));
    this.dom.toggleAttribute("data-inside", parents.length > 0);
    this.dom.toggleAttribute("data-quoted", parents.includes("blockquote"));
    const caption = this.node.textContent;
    if (caption === "" && this.view.editable) this.contentDOM.dataset["empty"] = this.said();
    else delete this.contentDOM.dataset["empty"];
    this.drawing.captioned(caption);
  }

  private remove(): void {
    const at = this.place();
    if (at === undefined) return;
    const { state } = this.view;
    const end = at + this.node.nodeSize;
    const isAlone = state.doc.childCount === 1;
    const transaction = isAlone ? state.tr.replaceWith(at, end, schema.node("paragraph")) : state.tr.delete(at, end);
    const next = TextSelection.near(transaction.doc.resolve(Math.min(at + 1, transaction.doc.content.size)));
    this.view.dispatch(transaction.setSelection(next));
    this.view.focus();
  }

  private goToCaption(): void {
    const at = this.place();
    if (at === undefined || !this.view.editable) return;
    const { state } = this.view;
    this.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, at + this.node.nodeSize - 1)));
    this.view.focus();
  }
}
