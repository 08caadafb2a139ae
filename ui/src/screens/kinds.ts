/** What kinds of line are called. */

import { m } from "../paraglide/messages.js";
import type { Choice } from "../editor/slash";

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
