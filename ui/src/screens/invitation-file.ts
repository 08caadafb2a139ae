/** Invitations as files, and links in whatever people paste or open. */

import type { Invited } from "../door/door";

export const ENDING = ".hedgerow-invitation";
/** A link has 2,048 characters at most; a message around it has some more. */
const MOST = 65_536;

/** Saves a link as a text file, where the browser saves files. */
export function saveInvitation({ title, uri }: Pick<Invited, "title" | "uri">): void {
  const address = URL.createObjectURL(new Blob([`${uri}\n`], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName(title);
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => { URL.revokeObjectURL(address); });
}

/** A name that every system takes. */
export function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 60);
  return `${plain === "" ? "Hedgerow" : plain}${ENDING}`;
}

/** The link in a text, or the text itself where none can be told in it. */
export function linkIn(text: string): string {
  return /hedgerow:\/\/join\/[\w-]+/i.exec(text)?.[0] ?? text.trim();
}

/** The text of a file that may be an invitation; `null` where it is too large to be one. */
export async function textOf(file: File): Promise<string | null> {
  return file.size > MOST ? null : file.text();
}
