/** What kinds of line are called. */

import { m } from "../paraglide/messages.js";
import type { Marker } from "../editor/blocks";
import { CHOICES, type Offer } from "../editor/slash";

const NAMES: Record<Offer["id"], () => string> = {
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
  file: m.file_put,
};

export function kindName({ id }: Offer): string {
  return NAMES[id]();
}

/** What kind of line a block is; what this version does not know is text to it. */
export function markerName({ type, level, attachment }: Marker): string {
  if (attachment !== undefined) return m.file_which({ name: attachment.name });
  const kind = CHOICES.find(({ makes }) => makes.type === type && ("level" in makes ? makes.level === Math.min(3, level ?? 1) : true));
  return kind === undefined ? m.kind_paragraph() : kindName(kind);
}
