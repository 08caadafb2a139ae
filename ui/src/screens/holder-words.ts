/** What others have of a notebook, in words: as of when it is known, and never more than is known. */

import type { Holder, MemberLine } from "../door/door";
import { m } from "../paraglide/messages.js";
import { spokenTime } from "../words/times";

/** What a person has of a notebook, on whichever of their devices has the most of it; without one, none of theirs is known. */
export interface PersonHolds {
  readonly id: string;
  readonly name: string;
  readonly holder: Holder | null;
}

/** What a device has of the notebook. */
export function holds({ person: name, person_id, has_all, agreed }: Holder, locale: string): string {
  const who = called(name, person_id);
  if (agreed === null) return m.holder_never({ name: who });
  const time = spokenTime(agreed, new Date(), locale);
  return has_all ? m.holder_has({ name: who, time }) : m.holder_lacks({ name: who, time });
}

/** When a device was here last, unless it is here now or never was. */
export function seen({ connected, last_seen }: Holder, locale: string): string | null {
  return connected || last_seen === null ? null : m.holder_seen({ time: spokenTime(last_seen, new Date(), locale) });
}

/** Everybody in the notebook but this person, with what they have of it. */
export function holdsByPerson(holders: readonly Holder[], members: readonly MemberLine[]): PersonHolds[] {
  // Whoever is not let in yet is not to have it.
  const others = members.filter(({ you, role, state }) => !you && role !== null && state !== "awaits_admin");
  const best = (id: string) => holders.filter(({ person_id }) => person_id === id).sort(byMost)[0] ?? null;
  const ids = new Set([...others.map(({ person_id }) => person_id), ...holders.map(({ person_id }) => person_id)]);
  return [...ids].map((id) => {
    const holder = best(id);
    const name = holder?.person ?? others.find(({ person_id }) => person_id === id)?.name ?? id;
    return { id, name: called(name, id), holder };
  });
}

/** A person as they are called; one who gave no name is told by their id. */
export function called(name: string | null, id: string | null): string {
  return name === null || name === id ? m.people_unnamed() : name;
}

function byMost(one: Holder, other: Holder): number {
  if (one.has_all !== other.has_all) return one.has_all ? -1 : 1;
  if (one.connected !== other.connected) return one.connected ? -1 : 1;
  return (one.agreed ?? "") > (other.agreed ?? "") ? -1 : 1;
}
