/** Text that is saved as a file, where the browser saves files. */

/** Saves a text under a name; `kind` is what other programs open it by. */
export function saveText(name: string, text: string, kind = "text/plain"): void {
  const address = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn.
  setTimeout(() => { URL.revokeObjectURL(address); });
}

/** A name of a file that every system takes. */
export function fileName(title: string, ending: string): string {
  const plain = title.replace(/[^\p{L}\p{N} _-]/gu, "").trim().slice(0, 60);
  return `${plain === "" ? "Hedgerow" : plain}${ending}`;
}
