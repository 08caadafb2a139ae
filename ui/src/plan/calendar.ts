/** The due dates of a plan as a calendar file, as RFC 5545 has it. */

import { dayNumber } from "./days";

/** One due date. The same id is the same entry, however often the file is opened. */
export interface Entry {
  readonly id: string;
  /** A day; an entry whose day is none is left out. */
  readonly day: string;
  readonly summary: string;
  readonly description: string;
  /** Whether nothing is to be done on that day any more: calendars that have it strike it out. */
  readonly isCancelled: boolean;
}

/** A line is no longer than so many octets, without its end. */
const LINE_MOST = 75;
/** A summary or description is no longer than so many characters. */
const TEXT_MOST = 2_000;

/** The file; `now` is when it is made. */
export function calendarFile(entries: readonly Entry[], now: Date): string {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const events = entries.filter(({ day }) => dayNumber(day) !== null).flatMap(({ id, day, summary, description, isCancelled }) => [
    "BEGIN:VEVENT",
    `UID:${id}@hedgerow`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${day.replaceAll("-", "")}`,
    `SUMMARY:${escaped(summary)}`,
    ...(description === "" ? [] : [`DESCRIPTION:${escaped(description)}`]),
    ...(isCancelled ? ["STATUS:CANCELLED"] : []),
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ]);
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Hedgerow//Plan//EN", "CALSCALE:GREGORIAN", ...events, "END:VCALENDAR"];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

/** Text as a value: what has a meaning there is written so that it has none, and characters that control are spaces. */
function escaped(text: string): string {
  const short = [...text.slice(0, 2 * TEXT_MOST)].slice(0, TEXT_MOST).join("");
  const plain = short.replace(/\p{Cs}/gu, "\ufffd").replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n]/gu, " ");
  return plain.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\n/g, "\\n");
}

/** A line in pieces of 75 octets, none of which parts a character. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  let [out, room] = ["", LINE_MOST];
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (size > room) {
      out += "\r\n ";
      room = LINE_MOST - 1;
    }
    out += character;
    room -= size;
  }
  return out;
}
