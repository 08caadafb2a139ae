/** Whether a page is deleted, and who did it, by what its document says. A page that is deleted keeps all that it holds. */

import * as A from "@automerge/automerge/slim";

/** The line of editing that deleted the page; `null` where it is not deleted, or was brought back. */
export function deletedBy(document: A.Doc<object>): string | null {
  // Of those who said something of it at the same time, the last one is the one that counts for everybody.
  const said = A.getBackend(document).getAll("_root", "deleted").at(-1) as readonly unknown[] | undefined;
  if (said === undefined || said[1] !== true) return null;
  return String(said[2]).split("@")[1] ?? "";
}
