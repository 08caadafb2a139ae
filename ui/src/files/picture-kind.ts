/**
 * Which pictures are drawn on a page: by their first bytes, whatever is said of them. Nothing else that a file may be is
 * ever drawn: what can hold scripts, such as SVG and HTML, least of all.
 */

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"] as const;
export type PictureKind = (typeof PICTURES)[number];

/** How many bytes at the beginning tell what a picture is. */
const ENOUGH = 64;

/** Whether a file is said to be a picture of a kind that is drawn. */
export function isSaidToBePicture(mediaType: string): boolean {
  return (PICTURES as readonly string[]).includes(mediaType);
}

/** What kind of picture a file is, as its first bytes tell; nothing, where it is none that is drawn. */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const letters = String.fromCharCode(...bytes.subarray(0, ENOUGH));
  if (letters.startsWith("\u0089PNG\r\n\u001a\n")) return "image/png";
  if (letters.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  if (letters.startsWith("GIF87a") || letters.startsWith("GIF89a")) return "image/gif";
  if (letters.startsWith("RIFF") && letters.startsWith("WEBP", 8)) return "image/webp";
  // A box of brands: the first, or one of those that it also is.
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = letters.startsWith("ftyp", 4) ? letters.slice(8, Math.min(length, ENOUGH)) : "";
  return /^(?:.{4})*avi[fs]/s.test(brands) ? "image/avif" : null;
}
