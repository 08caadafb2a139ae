/**
 * A page's text, drawn before it can be written in: the node tells what stands there sooner than the page's document is
 * ready here. Where somebody clicks the cursor will be, and what they type comes into the text when it can.
 */

import type { Node } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import type { Block } from "../blocks";
import { eraseBackward, newLine, tick } from "../typing";
import { PageDrawing, type DrawingOptions } from "./page-drawing";
import type { PageEditor } from "./page-editor";

export interface EarlyOptions extends DrawingOptions {
  readonly mayWrite: boolean;
  /** Something was typed or ticked, which is nowhere but here. */
  readonly kept: () => void;
  /** What was done in the drawing that this one stands in place of. */
  readonly before: readonly Deed[];
}

/** What was done before there was an editor that could do it. */
export type Deed = (editor: PageEditor) => void;

export class EarlyPage {
  private readonly drawing: PageDrawing;
  /** What was done meanwhile, in order. */
  private readonly deeds: Deed[];

  constructor(mount: HTMLElement, blocks: readonly Block[], private readonly options: EarlyOptions) {
    this.deeds = [...options.before];
    this.drawing = new PageDrawing(mount, options);
    this.drawing.show(blocks);
    const { dom } = this.drawing.view;
    dom.setAttribute("aria-busy", "true");
    if (!options.mayWrite) return;
    dom.tabIndex = -1;
    dom.addEventListener("keydown", (event) => { this.hear(event); });
    dom.addEventListener("click", (event) => { this.ticked(event); });
  }

  /** Keys go to it from now on. */
  focus(): void {
    this.drawing.view.dom.focus({ preventScroll: true });
  }

  /** Makes way for the editor, which was made of the same page; it goes on where this leaves off. */
  handOver(editor: PageEditor): void {
    const { view } = this.drawing;
    const { doc, selection } = view.state;
    const isHere = view.dom.ownerDocument.activeElement === view.dom;
    const now = editor.state.doc;
    if (isHere || !selection.eq(TextSelection.atStart(doc))) {
      const [anchor, head] = [selection.anchor, selection.head].map((at) => now.resolve(carried(at, doc, now)));
      if (anchor !== undefined && head !== undefined) editor.view.dispatch(editor.state.tr.setSelection(TextSelection.between(anchor, head)));
    }
    this.drawing.destroy();
    if (isHere) editor.view.focus();
    for (const deed of this.deeds) deed(editor);
  }

  /** Ends, and gives what was done in it to whatever comes after it. */
  destroy(): readonly Deed[] {
    this.drawing.destroy();
    return this.deeds;
  }

  private hear(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || ([...key].length > 1 && key !== "Enter" && key !== "Backspace")) return;
    this.keep((editor) => { type(editor, key); });
    event.preventDefault();
    event.stopPropagation();
  }

  private ticked(event: MouseEvent): void {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const { view } = this.drawing;
    const { doc } = view.state;
    const at = view.posAtDOM(box, 0);
    this.keep((editor) => void editor.run(tick(carried(at, doc, editor.state.doc))));
  }

  private keep(deed: Deed): void {
    this.deeds.push(deed);
    this.options.kept();
  }
}

/** Does what a key does. */
function type(editor: PageEditor, key: string): void {
  if (key === "Enter") {
    editor.run(newLine);
    return;
  }
  const { view } = editor;
  const { from, to, empty } = view.state.selection;
  if (key === "Backspace") {
    if (!editor.run(eraseBackward)) view.dispatch(empty ? view.state.tr.delete(before(view.state.doc, from), from) : view.state.tr.deleteSelection());
    return;
  }
  const plain = () => view.state.tr.insertText(key, from, to);
  const isTaken = view.someProp("handleTextInput", (take) => take(view, from, to, key, plain));
  if (isTaken !== true) view.dispatch(plain());
}

/** The place before the character that ends here. */
function before(doc: Node, at: number): number {
  const $at = doc.resolve(at);
  const last = [...$at.parent.textBetween(0, $at.parentOffset)].at(-1);
  return at - (last?.length ?? 0);
}

/** Where a place is in the document that stands in the other's place. */
function carried(at: number, from: Node, to: Node): number {
  const start = from.content.findDiffStart(to.content);
  const end = from.content.findDiffEnd(to.content);
  if (start === null || end === null || at <= start) return Math.min(at, to.content.size);
  return Math.min(to.content.size, at >= end.a ? at + end.b - end.a : start);
}
