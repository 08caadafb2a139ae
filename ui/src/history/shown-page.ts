/** A page as a node shows it, in the editor's words. */

import type { Block as ShownBlock } from "../door/door";
import { isContainer, MARK_NAMES, normal, type Block, type Mark, type MarkName } from "../editor/blocks";

/** A block as a node shows it, wherever it begins in the page's text. */
type Shown = Omit<ShownBlock, "from">;

/** The blocks of a page as it was at some version. */
export function blocksOf({ blocks }: { readonly blocks: readonly Shown[] }): readonly Block[] {
  return normal(blocks.map(blockOf));
}

function blockOf({ type, parents, level, start, checked, language, attachment, text, marks }: Shown): Block {
  return {
    type,
    parents: parents.filter(isContainer),
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language }),
    ...(attachment === undefined ? {} : { attachment }),
    text,
    marks: marksOf(text, marks),
  };
}

/** A node counts Unicode scalar values, the editor counts the units that JavaScript does. */
function marksOf(text: string, marks: Shown["marks"]): Mark[] {
  if (marks.length === 0) return [];
  const units = [0];
  for (const letter of text) units.push((units.at(-1) ?? 0) + letter.length);
  const unit = (at: number) => units[at] ?? text.length;
  return marks.flatMap(({ type, from, to, href }) => {
    const name = MARK_NAMES.find((known): known is MarkName => known === type);
    return name === undefined ? [] : [{ from: unit(from), to: unit(to), type: name, value: name === "link" ? (href ?? "") : true }];
  });
}
