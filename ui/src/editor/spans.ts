/** From Automerge's spans to blocks. */

import type { Span } from "@automerge/automerge/slim";
import { attachedOf, type Attached } from "./attached";
import { isContainer, isFile, isKnown, normal, NESTING_MOST, takesMarks, type Block, type Container, type Mark, type Marker } from "./blocks";

/** What a document's body reads. */
export interface Body {
  /** In normal form, at least one. */
  readonly blocks: readonly Block[];
  /** Whether the first block has no marker in the document: text that stands before any marker is a paragraph. */
  readonly headless: boolean;
  /**
   * Whether the document says more about some block than is shown: what it lies in, where that is not open there, a number
   * that says nothing there, marks on code, or a line break in what is said of a file. As blocks change that may come to light.
   */
  readonly hides: boolean;
}

/** The blocks of a body. Never fails: what is missing or strange reads as the nearest plain thing. */
export function bodyOf(spans: readonly Span[]): Body {
  const blocks: { marker: Marker; text: string; marks: Mark[] }[] = [];
  const headless = spans[0]?.type !== "block";
  if (headless) blocks.push({ marker: { type: "paragraph", parents: [] }, text: "", marks: [] });
  for (const span of spans) {
    if (span.type === "block") {
      blocks.push({ marker: markerIn(span.value), text: "", marks: [] });
      continue;
    }
    const block = blocks.at(-1);
    if (block === undefined) continue;
    const from = block.text.length;
    block.text += span.value;
    for (const [name, value] of Object.entries(span.marks ?? {})) {
      const mark = markSaying(name, value, from, block.text.length);
      if (mark !== null) block.marks.push(mark);
    }
  }
  const shown = normal(blocks.map(({ marker, text, marks }) => ({ ...marker, text, marks })));
  const hides = blocks.some(({ marker, text, marks }, at) => {
    const block = shown[at] as Block;
    const lost = (marks.length > 0 && !takesMarks(block)) || (isFile(block) && text !== block.text);
    return lost || marker.parents.length !== block.parents.length || marker.start !== block.start;
  });
  return { blocks: shown, headless, hides };
}

/** The mark that an entry of a span's marks is; nothing where it was taken away, or where this version does not know it. */
export function markSaying(name: string, value: unknown, from: number, to: number): Mark | null {
  if ((name === "strong" || name === "em" || name === "code") && value === true) return { from, to, type: name, value };
  if (name === "link" && isText(value)) return { from, to, type: name, value: String(value) };
  return null;
}

function markerIn(value: Record<string, unknown>): Marker {
  const type = isText(value["type"]) ? String(value["type"]) : "";
  const parents = parentsIn(value["parents"]);
  const attrs = isRecord(value["attrs"]) ? value["attrs"] : {};
  const { level, start, checked, language } = attrs;
  const attachment = type === "attachment" ? fileIn(attrs) : null;
  return {
    type,
    parents,
    ...(type === "heading" ? { level: asNumber(level) ?? 1 } : {}),
    ...(type === "ordered-list-item" && asNumber(start) !== null ? { start: asNumber(start) as number } : {}),
    ...(type === "task-list-item" ? { checked: checked === true } : {}),
    ...(type === "code-block" && isText(language) ? { language: String(language) } : {}),
    ...(attachment === null ? {} : { attachment }),
    ...(isKnown(type, attachment) ? {} : saidIn(attrs)),
  };
}

function fileIn({ attachment: id, name, media_type, size }: Record<string, unknown>): Attached | null {
  const text = (value: unknown) => (isText(value) ? String(value) : "");
  return attachedOf({ id: text(id), name: text(name), media_type: text(media_type), size: asNumber(size) });
}

/** The texts, numbers and truths among what a kind that is not known says of itself. */
function saidIn(attrs: Record<string, unknown>): Pick<Marker, "said"> {
  const plain = (value: unknown) => (isText(value) ? String(value) : typeof value === "boolean" ? value : asNumber(value));
  const said = Object.entries(attrs).map(([name, value]) => [name, plain(value)] as const).filter(([, value]) => value !== null);
  said.sort(([a], [b]) => (a < b ? -1 : 1));
  return said.length === 0 ? {} : { said: JSON.stringify(Object.fromEntries(said)) };
}

function parentsIn(value: unknown): Container[] {
  const out: Container[] = [];
  if (!Array.isArray(value)) return out;
  for (const name of value.slice(0, NESTING_MOST).filter(isText).map(String)) {
    if (!isContainer(name)) break;
    out.push(name);
  }
  return out;
}

/** Text, whether the document holds it as one value or as a text that can be edited. */
function isText(value: unknown): boolean {
  return typeof value === "string" || (isRecord(value) && typeof value["val"] === "string");
}

function asNumber(value: unknown): number | null {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? Math.trunc(value) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
