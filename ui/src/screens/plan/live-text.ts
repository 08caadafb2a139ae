/**
 * A field whose text lies in the plan: what is typed goes into it letter by letter, and what others type in it appears around
 * the cursor. A text that can only be said whole is said when the field is left.
 */

import type { Attachment } from "svelte/attachments";
import type { TextPath } from "../../plan/plan-document";
import type { PlanNews, PlanReplica } from "../../plan/plan-replica";
import { movedBy, movesIn } from "../../plan/text-writing";

/** What can be said of a field beside its text. */
export interface LiveTextOptions {
  /** One line: breaks that are pasted in become spaces. */
  readonly isLine?: boolean;
  /** What somebody else made of a text that is said whole, while it is being changed here; `null` when that is over. */
  readonly meanwhile?: (theirs: string | null) => void;
}

type Selection = readonly [number, number];

export function liveText(plan: PlanReplica, path: TextPath, options: LiveTextOptions = {}): Attachment<HTMLTextAreaElement> {
  return (field) => {
    const live = new LiveText(field, plan, path, options);
    return () => { live.end(); };
  };
}

class LiveText {
  /** Where the cursor was before the person did something. */
  private before: Selection = [0, 0];
  private isComposing = false;
  /** Whether something was typed that is not said yet. */
  private isOwed = false;
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly plan: PlanReplica,
    private readonly path: TextPath,
    private readonly options: LiveTextOptions,
  ) {
    field.value = this.now;
    this.on("beforeinput", () => { this.before = [field.selectionStart, field.selectionEnd]; });
    this.on("input", () => { this.typed(); });
    this.on("compositionstart", () => { this.isComposing = true; });
    this.on("compositionend", () => { this.isComposing = false; this.typed(); this.show([]); });
    this.on("blur", () => { this.say(); });
    this.ends.push(plan.watch((news) => { this.hear(news); }));
  }

  end(): void {
    this.say();
    for (const end of this.ends) end();
  }

  private on(name: string, does: () => void): void {
    this.field.addEventListener(name, does);
    this.ends.push(() => { this.field.removeEventListener(name, does); });
  }

  private get now(): string {
    return this.plan.textAt(this.path) ?? "";
  }

  private typed(): void {
    if (this.isComposing) return;
    const { field } = this;
    if (this.options.isLine === true && field.value.includes("\n")) {
      const at = field.selectionStart;
      field.value = field.value.replace(/\s*\n\s*/g, (found) => " ".repeat(found.length));
      field.setSelectionRange(at, at);
    }
    if (!this.plan.isShared(this.path)) {
      this.isOwed = true;
      return;
    }
    const [from, to] = this.before;
    this.plan.write(this.path, field.value, { before: new Set([from, to]), after: new Set([from, field.selectionStart]) });
  }

  /** Says what is owed. */
  private say(): void {
    if (!this.isOwed) return;
    this.isOwed = false;
    this.options.meanwhile?.(null);
    this.plan.write(this.path, this.field.value);
  }

  private hear({ isHere, patches }: PlanNews): void {
    if (this.isComposing) return;
    if (!this.isOwed) this.show(patches);
    else if (!isHere && patches.some(({ path }) => path[0] === this.path[0])) this.options.meanwhile?.(this.now);
  }

  /** Brings the field to what the plan reads, with the cursor where it was among the letters. */
  private show(patches: PlanNews["patches"]): void {
    const { field, now } = this;
    if (field.value === now) return;
    const moves = movesIn(this.path, patches);
    const [from, to] = [field.selectionStart, field.selectionEnd].map((at) => Math.min(now.length, movedBy(at, moves)));
    const { scrollTop } = field;
    field.value = now;
    if (document.activeElement === field) field.setSelectionRange(from ?? 0, to ?? 0);
    field.scrollTop = scrollTop;
  }
}
