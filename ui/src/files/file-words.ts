/** What a file is, in words: what kind, and how long. */

import { m } from "../paraglide/messages.js";

const KINDS: readonly (readonly [RegExp, () => string])[] = [
  [/^application\/pdf$/, m.file_kind_pdf],
  [/^image\//, m.file_kind_picture],
  [/^audio\//, m.file_kind_sound],
  [/^video\//, m.file_kind_film],
  [/spreadsheet|ms-excel|^text\/csv$/, m.file_kind_sheet],
  [/presentation|powerpoint/, m.file_kind_slides],
  [/wordprocessing|msword|opendocument\.text|^application\/rtf$/, m.file_kind_document],
  [/^text\//, m.file_kind_text],
  [/zip|tar$|x-7z|x-rar/, m.file_kind_archive],
];

/** What kind of file it is said to be. */
export function kindWords(mediaType: string): string {
  return (KINDS.find(([pattern]) => pattern.test(mediaType))?.[1] ?? m.file_kind_other)();
}

/** How long it is. The units are called the same in both languages, and so is the point. */
export function sizeWords(bytes: number): string {
  const kilo = bytes / 1_000;
  if (kilo < 1_000) return `${Math.max(1, Math.round(kilo))} KB`;
  const mega = kilo / 1_000;
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} MB`;
}
