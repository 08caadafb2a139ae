/** Invitations as files, and links in whatever people paste or open. */

import type { Invited } from "../door/door";
import { fileName, saveText } from "../parts/text-file";

export const ENDING = ".hedgerow-invitation";
/** A link has 2,048 characters at most; a message around it has some more. */
const MOST = 65_536;

/** Saves a link as a text file, where the browser saves files. */
export function saveInvitation({ title, uri }: Pick<Invited, "title" | "uri">): void {
  saveText(fileName(title, ENDING), `${uri}\n`);
}

const LINK = /hedgerow:\/\/join\/[\w-]+/i;

/** The link in a text, or the text itself where none can be told in it. */
export function linkIn(text: string): string {
  return LINK.exec(text)?.[0] ?? text.trim();
}

/** Whether a link can be told in a text. */
export function hasLink(text: string): boolean {
  return LINK.test(text);
}

/** The text of a file that may be an invitation; `null` where it is too large to be one. */
export async function textOf(file: File): Promise<string | null> {
  return file.size > MOST ? null : file.text();
}
