/** Roles as people say them. */

import type { Role } from "../door/door";
import { m } from "../paraglide/messages.js";

/** From the one that may least. */
export const ROLES: readonly Role[] = ["reader", "commenter", "writer", "admin"];

const NAMES = { reader: m.role_reader, commenter: m.role_commenter, writer: m.role_writer, admin: m.role_admin };
const ABOUTS = { reader: m.reader_may, commenter: m.commenter_may, writer: m.writer_may, admin: m.admin_may };
const AS = { reader: m.as_reader, commenter: m.as_commenter, writer: m.as_writer, admin: m.as_admin };

export function roleName(role: Role): string {
  return NAMES[role]();
}

/** "as a writer", to stand in a sentence. */
export function asRole(role: Role): string {
  return AS[role]();
}

/** Roles to choose from, each with what it allows. */
export function roleChoices(): readonly { value: Role; label: string; about: string }[] {
  return ROLES.map((value) => ({ value, label: capital(NAMES[value]()), about: ABOUTS[value]() }));
}

/** As it stands at the beginning of a line. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
