/** What kinds of line are called. */

import { m } from "../paraglide/messages.js";
import type { Marker } from "../editor/blocks";
import { CHOICES, type Choice } from "../editor/slash";

const NAMES: Record<Choice["id"], () => string> = {
  paragraph: m.kind_paragraph,
  heading1: m.kind_heading1,
  heading2: m.kind_heading2,
  heading3: m.kind_heading3,
  bullets: m.kind_bullets,
  numbers: m.kind_numbers,
  tasks: m.kind_tasks,
  quote: m.kind_quote,
  code: m.kind_code,
  table: m.kind_table,
};

export function kindName({ id }: Choice): string {
  return NAMES[id]();
}

/** What kind of line a block is; what this version does not know is text to it. */
export function markerName({ type, level }: Marker): string {
  const kind = CHOICES.find(({ makes }) => makes.type === type && ("level" in makes ? makes.level === Math.min(3, level ?? 1) : true));
  return kind === undefined ? m.kind_paragraph() : kindName(kind);
}
