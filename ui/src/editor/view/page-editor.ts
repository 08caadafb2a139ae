/** The editor of a page in a window: what joins the view, the binding, the keys and the clipboard. */

import { baseKeymap, chainCommands, toggleMark } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Fragment, MarkType } from "prosemirror-model";
import { DOMSerializer } from "prosemirror-model";
import { EditorState, TextSelection, type Command, type Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { Binding } from "../binding";
import type { Marker, MarkName } from "../blocks";
import { copied } from "../copy";
import { bound, type TextDeed } from "../keys";
import { followable } from "../links";
import { docOf, editorMark } from "../nodes";
import type { PageReplica } from "../page-replica";
import { blocksFromHtml, blocksFromText, linkOver, putBlocks } from "../paste";
import { schema } from "../schema";
import { shortcuts } from "../shortcuts";
import { madeBy, type Choice } from "../slash";
import { breakLine, eraseBackward, eraseForward, indent, makeInto, newLine, outdent, tick, type Deed } from "../typing";
import { authorTints } from "./author-tints";
import { carets, showing, type OtherCaret } from "./carets";
import { Gathering } from "./gathering";
import { hints } from "./hints";
import type { Labels } from "./labels";
import { blockViews } from "./node-views";

export interface EditorOptions {
  readonly labels: Labels;
  /** Whether the person may write here. */
  readonly mayWrite: boolean;
  /** After each change of text or selection, for toolbars and menus. */
  readonly changed: (editor: PageEditor) => void;
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
      attributes: () => ({ role: "textbox", "aria-multiline": "true", "aria-label": options.labels.body(), class: "page-body" }),
      nodeViews: blockViews(options.labels, (at) => void this.run(tick(at)), (at) => { this.caretInto(at); }),
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
    const { from, to } = this.linkRange();
    const transaction = this.view.state.tr.removeMark(from, to, schema.marks["link"] as MarkType);
    if (address !== null) transaction.addMark(from, to, editorMark({ type: "link", value: address }));
    this.view.dispatch(transaction);
    this.view.focus();
  }

  /** The address of the link at the caret. */
  linkHere(): string | null {
    const { from, to } = this.linkRange();
    const mark = this.view.state.doc.rangeHasMark(from, to, schema.marks["link"] as MarkType)
      ? this.view.state.doc.nodeAt(from)?.marks.find(({ type }) => type.name === "link")
      : undefined;
    return mark === undefined ? null : String(mark.attrs["href"]);
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
    return [keymap(this.keys()), keymap(baseKeymap), shortcuts(), hints(), carets(), authorTints()];
  }

  private keys(): Record<string, Command> {
    const does = (deed: Deed): Command => (state, dispatch) => {
      const transaction = deed(state);
      if (transaction === null) return false;
      dispatch?.(transaction);
      return true;
    };
    const calls = (make: () => void): Command => () => {
      make();
      return true;
    };
    const marks = (name: MarkName) => toggleMark(schema.marks[name] as MarkType);
    const into = (kind: Choice["id"]) => does(makeInto(madeBy(kind)));
    const deeds: Record<TextDeed, Command> = {
      strong: marks("strong"),
      em: marks("em"),
      code: marks("code"),
      // With nothing to make a link of, the key is the window's.
      link: (state) => (state.selection.empty && this.linkHere() === null ? false : calls(this.options.askLink)(state)),
      undo: calls(() => { this.undo(); }),
      redo: calls(() => { this.redo(); }),
      newLine: does(newLine),
      breakLine: does(breakLine),
      tick: does((state) => tick(state.selection.from)(state)),
      indent: (state, dispatch) => !this.leaving && does(indent)(state, dispatch),
      outdent: (state, dispatch) => !this.leaving && does(outdent)(state, dispatch),
      erase: chainCommands(undoInputRule, does(eraseBackward)),
      eraseForward: does(eraseForward),
    };
    return bound(deeds, into);
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
    if (data === null) return false;
    const [html, text] = [data.getData("text/html"), data.getData("text/plain")];
    return this.run((state) => linkOver(state, text) ?? putBlocks(state, blocksOf(html, text)));
  }

  private drop(event: DragEvent): boolean {
    const at = this.view.posAtCoords({ left: event.clientX, top: event.clientY });
    const data = event.dataTransfer;
    if (at === null || data === null) return false;
    const blocks = blocksOf(data.getData("text/html"), data.getData("text/plain"));
    return this.run((state) => {
      const there = state.apply(state.tr.setSelection(TextSelection.near(state.doc.resolve(at.pos))));
      return putBlocks(there, blocks);
    });
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

  /** What is selected, or the link that the caret is in. */
  private linkRange(): { from: number; to: number } {
    const { from, to, empty, $from } = this.view.state.selection;
    if (!empty) return { from, to };
    const { parent } = $from;
    const [before, after] = [parent.childBefore($from.parentOffset), parent.childAfter($from.parentOffset)];
    const link = [before, after].find(({ node }) => node?.marks.some(({ type }) => type.name === "link"));
    if (link?.node == null) return { from, to };
    return { from: $from.start() + link.offset, to: $from.start() + link.offset + link.node.nodeSize };
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
    this.binding.receive(changes, (transaction) => void (this.others.length > 0 && showing(transaction, this.placed())));
    this.options.changed(this);
  }
}

function blocksOf(html: string, text: string): ReturnType<typeof blocksFromText> {
  if (html === "") return blocksFromText(text);
  // A document of its own that is never shown: nothing in it runs or is fetched.
  const blocks = blocksFromHtml(html, (source) => new DOMParser().parseFromString(source, "text/html").body);
  return blocks.length > 0 ? blocks : blocksFromText(text);
}

/** Copies lists as lists, for other programs. */
class Clipboard extends DOMSerializer {
  constructor() {
    super({}, {});
  }

  override serializeFragment(fragment: Fragment): DocumentFragment {
    const template = document.createElement("template");
    template.innerHTML = copied(fragment).html;
    return template.content;
  }
}

