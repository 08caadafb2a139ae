/**
 * Characters that turn the text after them round: with them a name or a title could make the sentence that it stands in, or
 * the ending of a file, read as something else. What is written from right to left needs none of them.
 */

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Where in a text the first of them are. */
export function turningIn(text: string, most: number): number[] {
  const found: number[] = [];
  for (const { index } of text.matchAll(TURNING)) {
    if (found.length >= most) break;
    found.push(index);
  }
  return found;
}

/** A text without them. */
export function unturned(text: string): string {
  return text.replace(TURNING, "");
}
