/** A file that stands on a page, as its block's marker says: the same rules for what it may say as the document's room has. */

/** What is said of a file by whoever attached it. */
export interface Attached {
  /** Which: 64 hexadecimal digits. */
  readonly id: string;
  /** What it is called: a name, never a path. */
  readonly name: string;
  /** What kind it is said to be, such as `image/png`. */
  readonly media_type: string;
  /** How long it is said to be, in bytes. */
  readonly size: number;
}

/** The longest file that can be attached, in bytes: 100 MiB. */
export const FILE_MOST = 100 * 1_024 * 1_024;

/** The longest name, in Unicode scalar values. */
const NAME_MOST = 200;
const SOME_BYTES = "application/octet-stream";

// Control characters, line separators, those that part folders, and those that turn text round.
// eslint-disable-next-line no-control-regex -- these are the characters that are meant
const WRONG_IN_NAME = /[\u0000-\u001f\u007f-\u009f/\\\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;
const KIND = /^[a-z0-9][a-z0-9!#$&\-^_.+]{0,126}\/[a-z0-9][a-z0-9!#$&\-^_.+]{0,126}$/;

/** White space as the document's room counts it: `String.trim` has other characters. */
function trimmed(text: string): string {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");
}

/** The nearest name to what a file is called: its last part, cut in the middle where it is too long. */
export function nearestName(raw: string): string {
  const last = raw.split(/[/\\]/).findLast((part) => trimmed(part) !== "") ?? "";
  const letters = [...trimmed(last).replace(WRONG_IN_NAME, "_")];
  const tail = NAME_MOST / 4;
  const cut = letters.length > NAME_MOST ? [...letters.slice(0, NAME_MOST - tail), ...letters.slice(-tail)] : letters;
  const name = trimmed(cut.join(""));
  return ["", ".", ".."].includes(name) ? "file" : name;
}

/** The kind that these words name, without parameters; some bytes, when they name none. */
export function nearestKind(raw: string): string {
  const essence = trimmed(raw.split(";")[0] ?? "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return KIND.test(essence) ? essence : SOME_BYTES;
}

/** The file that these words name, brought to what it may say; nothing where they name none. */
export function attachedOf(said: { readonly id: string; readonly name: string; readonly media_type: string; readonly size: number | null }): Attached | null {
  const id = trimmed(said.id).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!/^[0-9a-f]{64}$/.test(id) || said.size === null || !(said.size >= 0)) return null;
  return { id, name: nearestName(said.name), media_type: nearestKind(said.media_type), size: Math.trunc(Math.min(said.size, FILE_MOST)) };
}

export function sameFile(a: Attached | undefined, b: Attached | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.id === b.id && a.name === b.name && a.media_type === b.media_type && a.size === b.size;
}

/** What is said of a file stands on one line. Each character becomes one, so that places in it stay where they are. */
export function captionLine(text: string): string {
  return text.replace(/[\n\t\u2028\u2029]/g, " ");
}
