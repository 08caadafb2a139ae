/** What is written into a page's document, at places of it: text, marks, and the markers that stand for blocks. */

import * as A from "@automerge/automerge/slim";
import { grows, markerOf, sameParents, type MarkName, type MarkValue, type Marker } from "./blocks";
import { sizeOf, type Amendment, type Splice } from "./difference";

/** The page's document, as far as the editor knows it. */
export type PageDocument = { body?: string };

export const BODY: A.Prop[] = ["body"];

type Automerge = ReturnType<typeof A.getBackend>;

export function writeSplice(draft: A.Doc<PageDocument>, place: number, { removed, inserted }: Splice): void {
  let at = place;
  const size = sizeOf(removed);
  const [only] = inserted;
  if (inserted.length === 1 && only !== undefined && "text" in only) {
    A.splice(draft, BODY, at, size, only.text);
    return;
  }
  if (size > 0) A.splice(draft, BODY, at, size);
  for (const piece of inserted) {
    if ("marker" in piece) writeMarker(draft, at, piece.marker);
    else A.splice(draft, BODY, at, 0, piece.text);
    at += sizeOf([piece]);
  }
}

export function writeMarker(draft: A.Doc<PageDocument>, at: number, marker: Marker): void {
  A.splitBlock(draft, BODY, at, valueOf(marker));
}

export function writeMark(draft: A.Doc<PageDocument>, start: number, end: number, name: MarkName, value: MarkValue | null): void {
  const range = { start, end, expand: grows(name) ? ("after" as const) : ("none" as const) };
  if (value === null) A.unmark(draft, BODY, range, name);
  else A.mark(draft, BODY, range, name, value);
}

/**
 * Makes a marker say something else entry by entry, so that two people who change different things about a block both
 * keep their change. Automerge's own `updateBlock` would put another marker in its place: two who do so at once would
 * have two.
 */
export function amendMarker(draft: A.Doc<PageDocument>, at: number, { before, after }: Amendment): void {
  const automerge = A.getBackend(draft);
  const body = bodyIn(automerge);
  const marker = body === null ? null : objectAt(automerge, body, at);
  if (marker === null) return;
  if (before.type !== after.type) automerge.put(marker, "type", after.type, "str");
  const [old, wanted] = [entriesOf(before), entriesOf(after)];
  const attrs = objectAt(automerge, marker, "attrs") ?? automerge.putObject(marker, "attrs", {});
  for (const key of ATTRIBUTES) {
    const [was, is] = [old[key], wanted[key]];
    if (was === is && before.type === after.type) continue;
    if (is !== undefined) automerge.put(attrs, key, is, typeof is === "number" ? "int" : undefined);
    else if (automerge.get(attrs, key) !== undefined) automerge.delete(attrs, key);
  }
  if (!sameParents(before, after)) {
    const parents = automerge.putObject(marker, "parents", []);
    after.parents.forEach((name, index) => automerge.insert(parents, index, name, "str"));
  }
}

/** The body as an object of the document; none on a page that its maker has not begun yet. */
export function bodyIn(automerge: Automerge): string | null {
  return objectAt(automerge, "_root", "body");
}

function objectAt(automerge: Automerge, object: string, prop: A.Prop): string | null {
  const found = automerge.getWithType(object, prop);
  const isObject = found !== null && found !== undefined && ["map", "list", "text", "table"].includes(found[0]);
  return isObject ? (found[1] as string) : null;
}

const ATTRIBUTES = ["level", "start", "checked", "language", "attachment", "name", "media_type", "size"] as const;

function entriesOf(marker: Marker): Partial<Record<(typeof ATTRIBUTES)[number], number | boolean | string>> {
  const { level, start, checked, language, attachment } = markerOf(marker);
  return {
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language }),
    ...(attachment === undefined ? {} : { attachment: attachment.id, name: attachment.name, media_type: attachment.media_type, size: attachment.size }),
  };
}

/** A marker as the document holds it: its texts are values, not texts that could be edited letter by letter. */
function valueOf(marker: Marker): { [key: string]: A.MaterializeValue } {
  const text = (value: string) => new A.ImmutableString(value);
  const said = marker.said === undefined ? {} : (JSON.parse(marker.said) as Record<string, string | number | boolean>);
  const attrs = Object.fromEntries(
    Object.entries({ ...said, ...entriesOf(marker) }).map(([key, value]) => [key, typeof value === "string" ? text(value) : value]),
  );
  return { type: text(marker.type), parents: marker.parents.map(text), attrs, isEmbed: false };
}
