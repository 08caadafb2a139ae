/** Differences between two versions of a page, in words. */

import type { PageView } from "../door/door";
import type { DifferenceWords } from "../history/drawn-difference";
import { countWords, type ComparedBlock } from "../history/page-difference";
import { m } from "../paraglide/messages.js";
import { markerName } from "./kinds";

export function differenceWords(): DifferenceWords {
  return { added: m.difference_added_here(), removed: m.difference_removed_here(), note: noteOf };
}

/** How many words came and went between two moments. */
export function counted(blocks: readonly ComparedBlock[], from: string, to: string): string {
  const added = m.differences_added({ count: countWords(blocks, "added") });
  const removed = m.differences_removed({ count: countWords(blocks, "removed") });
  return m.difference_between({ from, to, added, removed });
}

/** What differs beside the text: the title, and what the page says in fields. */
export function othersThanText(old: PageView, now: PageView): string[] {
  const title = old.title === now.title ? [] : [m.difference_title({ was: old.title, now: now.title })];
  const names = [...new Set([...Object.keys(old.fields), ...Object.keys(now.fields)])].sort();
  return [...title, ...names.flatMap((name) => fieldSaid(name, old.fields[name], now.fields[name]))];
}

function fieldSaid(name: string, was: string | undefined, now: string | undefined): string[] {
  if (was === now) return [];
  if (was === undefined) return [m.difference_field_added({ name, now: now ?? "" })];
  return [now === undefined ? m.difference_field_removed({ name, was }) : m.difference_field({ name, was, now })];
}

function noteOf({ marker, was, line, looks, runs, change }: ComparedBlock): string {
  const notes: string[] = [];
  if (was !== null) notes.push(becameSaid(was, marker));
  if (line !== null) notes.push(line === "split" ? m.difference_split() : m.difference_joined());
  if (looks) notes.push(m.difference_looks());
  if (runs.length === 0 && change !== "same") notes.push(change === "added" ? m.difference_empty_added() : m.difference_empty_removed());
  return notes.join(" ");
}

function becameSaid(was: ComparedBlock["marker"], now: ComparedBlock["marker"]): string {
  if (was.type !== now.type || was.level !== now.level) return m.difference_kind({ was: markerName(was), now: markerName(now) });
  if (was.checked !== now.checked) return now.checked === true ? m.difference_done() : m.difference_undone();
  if (was.parents.length !== now.parents.length) return was.parents.length < now.parents.length ? m.difference_inward() : m.difference_outward();
  return m.difference_other();
}
