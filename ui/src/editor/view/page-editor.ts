/** The editor of a page in a window: what joins the view, the binding, the keys and the clipboard. */

import { baseKeymap, selectAll, toggleMark } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import type { MarkType } from "prosemirror-model";
import { EditorState, TextSelection, type Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { Binding } from "../binding";
import type { Marker, MarkName } from "../blocks";
import { copied } from "../copy";
import { linkAt, linked, linkInserted, mayLink } from "../linking";
import { followable } from "../links";
import { docOf } from "../nodes";
import type { PageReplica } from "../page-replica";
import { schema } from "../schema";
import { shortcuts } from "../shortcuts";
import { makeInto, tick, type Deed } from "../typing";
import { authorTints } from "./author-tints";
import { carets, showing, type OtherCaret } from "./carets";
import type { DrawFile } from "./file-view";
import { Gathering } from "./gathering";
import { hints } from "./hints";
import type { Labels } from "./labels";
import { blockViews } from "./node-views";
import { Clipboard, dropped, pasted } from "./page-clipboard";
import { pageKeys } from "./page-keys";

export interface EditorOptions {
  readonly labels: Labels;
  readonly drawFile: DrawFile;
  /** Whether the person may write here. */
  readonly mayWrite: boolean;
  /** After each change of text or selection, for toolbars and menus. */
  readonly changed: (editor: PageEditor) => void;
  /** Others made the page longer than it can be written in: something else is to be shown in the place of the editor. */
  readonly outgrown: () => void;
  /** The person asked to make a link of what is selected. */
  readonly askLink: () => void;
  /** The person follows a link. */
  readonly follow: (address: string) => void;
  /** A key that a menu over the editor may take first. */
  readonly menuKey: (event: KeyboardEvent) => boolean;
}

/** A selection, as cursors of the page. */
export interface Caret {
  readonly anchor: string;
  readonly head: string;
}

/** Somebody else, where the page's cursors say. */
export interface Placed extends Omit<OtherCaret, "anchor" | "head"> {
  readonly caret: Caret;
}

/** How long the typing rests before what is shown is compared with what the page reads. */
const REST = 1_000;

export class PageEditor {
  readonly view: EditorView;
  private readonly binding: Binding;
  private readonly gathering = new Gathering<Uint8Array>((changes) => { this.takeIn(changes); }, () => this.view.composing);
  private rest: ReturnType<typeof setTimeout> | undefined;
  private others: readonly Placed[] = [];
  /** After Escape the next Tab leaves the editor, also from within a list. */
  private leaving = false;

  constructor(
    mount: HTMLElement,
    replica: PageReplica,
    private readonly options: EditorOptions,
  ) {
    const state = EditorState.create({ doc: docOf(replica.blocks), plugins: this.plugins() });
    this.view = new EditorView(mount, {
      state,
      editable: () => options.mayWrite,
      attributes: () => ({
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": options.labels.body(),
        class: "page-body",
        // Whoever only reads comes to it with the keyboard all the same, to scroll it.
        ...(options.mayWrite ? {} : { "aria-readonly": "true", tabindex: "0" }),
      }),
      nodeViews: blockViews(options.labels, (at) => void this.run(tick(at)), (at) => { this.caretInto(at); }, options.drawFile),
      clipboardSerializer: new Clipboard(),
      clipboardTextSerializer: (slice) => copied(slice.content).text,
      handlePaste: (_, event) => this.paste(event.clipboardData),
      handleDrop: (_, event, __, moved) => !moved && this.drop(event),
      handleClick: (_, __, event) => this.click(event),
      handleKeyDown: (_, event) => this.key(event),
      handleDOMEvents: { compositionend: () => this.afterComposing() },
      dispatchTransaction: (transaction) => {
        this.binding.dispatch(transaction);
        this.afterChange(transaction.docChanged);
      },
    });
    this.binding = new Binding(this.view, replica, () => performance.now());
  }

  get state(): EditorState {
    return this.view.state;
  }

  /** Does something to what is selected. Whether it could be done. */
  run(deed: Deed): boolean {
    const transaction = deed(this.view.state);
    if (transaction === null) return false;
    this.view.dispatch(transaction);
    return true;
  }

  make(wanted: Omit<Marker, "parents">): void {
    this.run(makeInto(wanted));
    this.view.focus();
  }

  toggle(name: Exclude<MarkName, "link">): void {
    toggleMark(schema.marks[name] as MarkType)(this.view.state, this.view.dispatch);
    this.view.focus();
  }

  /** Whether what is selected, or what would be typed, has a mark. */
  isOn(name: Exclude<MarkName, "link">): boolean {
    const { from, to, empty, $from } = this.view.state.selection;
    const type = schema.marks[name] as MarkType;
    if (!empty) return this.view.state.doc.rangeHasMark(from, to, type);
    return type.isInSet(this.view.state.storedMarks ?? $from.marks()) !== undefined;
  }

  /** Makes what is selected a link, or takes the link away. */
  link(address: string | null): void {
    this.view.dispatch(linked(this.state, address));
    this.view.focus();
  }

  /** Puts a link where the caret is. */
  insertLink(address: string, words: string): void {
    this.view.dispatch(linkInserted(this.state, address, words));
    this.view.focus();
  }

  get canLink(): boolean {
    return mayLink(this.state);
  }

  /** The address of the link at the caret. */
  linkHere(): string | null {
    return linkAt(this.state);
  }

  undo(): void {
    this.binding.undo();
    this.afterChange(true);
  }

  redo(): void {
    this.binding.redo();
    this.afterChange(true);
  }

  get canUndo(): boolean {
    return this.binding.history.canUndo;
  }

  get canRedo(): boolean {
    return this.binding.history.canRedo;
  }

  /** Marks all of the text, for the person to copy. */
  markAll(): void {
    selectAll(this.view.state, this.view.dispatch);
    this.view.focus();
  }

  /** Takes in what others wrote; what comes while somebody composes a character waits until it is composed. */
  receive(changes: readonly Uint8Array[]): void {
    this.gathering.add(changes);
  }

  /** Where the selection is, for others to see. */
  caret(): Caret | null {
    return this.binding.caret();
  }

  /**
   * Draws where others are. Whose place has not come yet is drawn when it has; and nobody is drawn into a text in which
   * a character is being composed.
   */
  showOthers(others: readonly Placed[]): void {
    this.others = others;
    if (!this.view.composing) this.drawOthers();
  }

  private drawOthers(): void {
    this.readSelection();
    this.view.updateState(this.view.state.apply(showing(this.view.state.tr, this.placed())));
  }

  /** Where the others are that are somewhere here. */
  private placed(): OtherCaret[] {
    return this.others.flatMap(({ caret, ...other }): OtherCaret[] => {
      const [anchor, head] = [this.binding.positionOf(caret.anchor), this.binding.positionOf(caret.head)];
      return anchor === null || head === null ? [] : [{ ...other, anchor, head }];
    });
  }

  destroy(): void {
    clearTimeout(this.rest);
    this.gathering.flush();
    this.view.destroy();
  }

  private plugins(): Plugin[] {
    const { askLink, labels, mayWrite } = this.options;
    const keys = pageKeys({ askLink, undo: () => { this.undo(); }, redo: () => { this.redo(); }, isLeaving: () => this.leaving });
    const empty = () => (mayWrite ? labels.empty() : "");
    return [keymap(keys), keymap(baseKeymap), shortcuts(), hints(empty), carets(), authorTints()];
  }

  private key(event: KeyboardEvent): boolean {
    if (this.options.menuKey(event)) return true;
    if (event.key === "Escape") this.leaving = true;
    else if (event.key !== "Tab" && event.key !== "Shift") this.leaving = false;
    return false;
  }

  private caretInto(at: number | undefined): void {
    if (at === undefined || !this.options.mayWrite) return;
    const { state } = this.view;
    this.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, at + 1)));
    this.view.focus();
  }

  private paste(data: DataTransfer | null): boolean {
    return data !== null && this.run((state) => pasted(state, data));
  }

  private drop(event: DragEvent): boolean {
    const at = this.view.posAtCoords({ left: event.clientX, top: event.clientY });
    const data = event.dataTransfer;
    return at !== null && data !== null && this.run((state) => dropped(state, data, at.pos));
  }

  /** A link is followed with Mod and a click where one may write, and with a click alone where not. */
  private click(event: MouseEvent): boolean {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const address = followable(link?.getAttribute("href") ?? "");
    if (address === null || (this.options.mayWrite && !event.ctrlKey && !event.metaKey)) return false;
    event.preventDefault();
    this.options.follow(address);
    return true;
  }

  private afterChange(written: boolean): void {
    this.options.changed(this);
    if (!written) return;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.binding.settle(), REST);
  }

  private afterComposing(): boolean {
    // The view takes in what was composed first.
    setTimeout(() => {
      if (this.view.isDestroyed || this.view.composing) return;
      this.gathering.flush();
      this.drawOthers();
    }, 30);
    return false;
  }

  /**
   * Where the caret was moved to with a key is told by the browser a moment later: what is drawn in between would put it
   * back to where it was. So it is asked for first.
   */
  private readSelection(): void {
    this.view.dom.ownerDocument.dispatchEvent(new Event("selectionchange"));
  }

  private takeIn(changes: readonly Uint8Array[]): void {
    this.readSelection();
    // Text and carets in one go: to draw the page once takes as long as anything else here.
    const isShown = this.binding.receive(changes, (transaction) => void (this.others.length > 0 && showing(transaction, this.placed())));
    if (!isShown) {
      this.options.outgrown();
      return;
    }
    this.options.changed(this);
  }
}
