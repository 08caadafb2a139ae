/** A page drawn to be read: the same blocks as in the editor, and nothing that could be changed. */

import { EditorState, Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import type { Block } from "../blocks";
import { copied } from "../copy";
import { followable } from "../links";
import { docOf } from "../nodes";
import type { Range } from "./author-tints";
import type { DrawFile } from "./file-view";
import { hints } from "./hints";
import type { Labels } from "./labels";
import { blockViews } from "./node-views";

export interface DrawingOptions {
  readonly labels: Pick<Labels, "body" | "done">;
  readonly drawFile: DrawFile;
  /** The person follows a link. */
  readonly follow: (address: string) => void;
}

/** Pointed out on the drawing, from one position up to another. */
const key = new PluginKey<Range | null>("drawn over");

export class PageDrawing {
  readonly view: EditorView;

  constructor(mount: HTMLElement, private readonly options: DrawingOptions) {
    const nothing = () => undefined;
    const labels: Labels = { ...options.labels, empty: () => "", editTable: () => "", caption: () => "" };
    this.view = new EditorView(mount, {
      state: stateOf([], []),
      editable: () => false,
      attributes: () => ({ role: "group", "aria-label": labels.body(), class: "page-body" }),
      nodeViews: blockViews(labels, nothing, nothing, options.drawFile),
      clipboardTextSerializer: (slice) => copied(slice.content).text,
      handleClick: (_, __, event) => this.click(event),
    });
  }

  /** Draws these blocks, and over them what is given. */
  show(blocks: readonly Block[], over: readonly Decoration[] = []): void {
    this.view.updateState(stateOf(blocks, over));
  }

  /** Points out a place and brings it into sight. */
  point(range: Range): void {
    this.view.updateState(this.view.state.apply(this.view.state.tr.setMeta(key, range)));
    const { node } = this.view.domAtPos(range.from + 1);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: "center" });
  }

  destroy(): void {
    this.view.destroy();
  }

  private click(event: MouseEvent): boolean {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const address = followable(link?.getAttribute("href") ?? "");
    if (address === null) return false;
    event.preventDefault();
    this.options.follow(address);
    return true;
  }
}

function stateOf(blocks: readonly Block[], over: readonly Decoration[]): EditorState {
  const doc = docOf(blocks.length === 0 ? [{ type: "paragraph", parents: [], text: "", marks: [] }] : blocks);
  const set = DecorationSet.create(doc, [...over]);
  const drawn = new Plugin<Range | null>({
    key,
    state: { init: () => null, apply: (transaction, before) => (transaction.getMeta(key) as Range | undefined) ?? before },
    props: {
      decorations: (state) => {
        const range = key.getState(state) ?? null;
        return range === null ? set : set.add(state.doc, [Decoration.inline(range.from, range.to, { class: "pointed-out" })]);
      },
    },
  });
  return EditorState.create({ doc, plugins: [hints(), drawn] });
}
