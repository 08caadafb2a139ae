/** Versions of a page gathered as people remember them: what one person did at one sitting is one entry, under its day. */

import type { VersionLine, When } from "../door/door";

/** What one person did without a long pause. */
export interface Sitting {
  /** Who, by id; the device where that is not known. */
  readonly person: string;
  /** What they are called, if that is known. */
  readonly name: string | null;
  /** The newest first; at least one. */
  readonly versions: readonly VersionLine[];
  /** Where its newest version stands among all, and where the first one does that is older than all of it. */
  readonly newest: number;
  readonly older: number;
}

/** What was done on a day, the newest first. */
export interface Day {
  readonly when: When;
  readonly sittings: readonly Sitting[];
}

/** With a longer pause, in milliseconds, another sitting begins. */
const PAUSE_MOST = 30 * 60 * 1_000;

/** The sittings of some versions, the newest first. */
export function sittingsOf(versions: readonly VersionLine[]): Sitting[] {
  const out: Sitting[] = [];
  let open: VersionLine[] = [];
  for (const [at, version] of versions.entries()) {
    open.push(version);
    const next = versions[at + 1];
    if (next !== undefined && goesOn(version, next)) continue;
    out.push({ person: whose(version), name: version.author_id === null ? null : version.author, versions: open, newest: at + 1 - open.length, older: at + 1 });
    open = [];
  }
  return out;
}

/** The sittings of versions that are not on the page: none of them comes after another. */
export function sittingsAside(versions: readonly VersionLine[]): Sitting[] {
  return sittingsOf(versions).map((sitting) => ({ ...sitting, newest: Infinity, older: Infinity }));
}

/** Sittings by the day, in the order in which they stand: a clock may be wrong, so that a day can come twice. */
export function daysOf(sittings: readonly Sitting[]): Day[] {
  const out: { when: When; sittings: Sitting[] }[] = [];
  for (const sitting of sittings) {
    const { when } = sitting.versions[0] as VersionLine;
    const last = out.at(-1);
    if (last !== undefined && sameDay(last.when, when)) last.sittings.push(sitting);
    else out.push({ when, sittings: [sitting] });
  }
  return out;
}

function whose({ author_id, device }: VersionLine): string {
  return author_id ?? device;
}

function goesOn(newer: VersionLine, older: VersionLine): boolean {
  const pause = Math.abs(Date.parse(newer.when) - Date.parse(older.when));
  return whose(newer) === whose(older) && newer.aside === older.aside && pause <= PAUSE_MOST && sameDay(newer.when, older.when);
}

function sameDay(a: When, b: When): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
