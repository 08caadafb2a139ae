/** A file handed to the person, to be kept wherever their device keeps what is downloaded. */

/** As some bytes, whatever it is said to be: nothing that a browser would open in the window. */
export function handOver(name: string, pieces: readonly Uint8Array<ArrayBuffer>[]): void {
  const url = URL.createObjectURL(new Blob([...pieces], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  [link.href, link.download] = [url, name];
  link.click();
  // Whoever downloads it has begun by then.
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}
