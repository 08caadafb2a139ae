/** A page drawn to be read: the same blocks as in the editor, and nothing that could be changed. */

import { EditorState, Plugin, PluginKey } from "prosemirror-state";
import { EditorView, type Decoration, DecorationSet } from "prosemirror-view";
import type { Block } from "../blocks";
import { copied } from "../copy";
import { followable } from "../links";
import { docOf } from "../nodes";
import { hints } from "./hints";
import type { Labels } from "./labels";
import { blockViews } from "./node-views";

export interface DrawingOptions {
  readonly labels: Pick<Labels, "body" | "done">;
  /** The person follows a link. */
  readonly follow: (address: string) => void;
}

const key = new PluginKey<DecorationSet>("drawn over");

export class PageDrawing {
  private readonly view: EditorView;

  constructor(mount: HTMLElement, private readonly options: DrawingOptions) {
    const nothing = () => undefined;
    const labels: Labels = { ...options.labels, editTable: () => "" };
    this.view = new EditorView(mount, {
      state: stateOf([], []),
      editable: () => false,
      attributes: () => ({ role: "group", "aria-label": labels.body(), class: "page-body" }),
      nodeViews: blockViews(labels, nothing, nothing),
      clipboardTextSerializer: (slice) => copied(slice.content).text,
      handleClick: (_, __, event) => this.click(event),
    });
  }

  /** Draws these blocks, and over them what is given. */
  show(blocks: readonly Block[], over: readonly Decoration[] = []): void {
    this.view.updateState(stateOf(blocks, over));
  }

  /** What is drawn. */
  get dom(): HTMLElement {
    return this.view.dom;
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
  return EditorState.create({ doc, plugins: [hints(), new Plugin({ key, props: { decorations: () => set } })] });
}
