/** What is written on the pages that are measured: the same text each time, from a seed. */

import type { Block } from "../src/editor/blocks";

const WORDS = `the rota for night cover is kept by whoever holds the keys and the depot opens before noon when sandbags are
needed at the bridge families who moved in spring ask for a named person at the school we agreed to meet each tuesday with
the council the trust and the police so that nobody waits for a letter`.split(/\s+/);

/** Numbers from 0 up to 1 that follow from a seed. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A page of so many words: a heading now and then, paragraphs of 20 to 80 words, here and there a list and a strong word. */
export function pageOf(words: number, seed = 7): Block[] {
  const next = chance(seed);
  const word = () => WORDS[Math.floor(next() * WORDS.length)] ?? "the";
  const blocks: Block[] = [];
  for (let left = words; left > 0; ) {
    const isHeading = blocks.length % 9 === 0;
    const isItem = blocks.length % 9 > 6;
    const count = Math.min(left, isHeading ? 4 : 20 + Math.floor(next() * 60));
    const text = Array.from({ length: count }, word).join(" ");
    left -= count;
    if (isHeading) blocks.push({ type: "heading", parents: [], level: 2, text, marks: [] });
    else if (isItem) blocks.push({ type: "unordered-list-item", parents: [], text, marks: [] });
    else blocks.push({ type: "paragraph", parents: [], text, marks: next() < 0.3 ? [{ from: 0, to: text.indexOf(" "), type: "strong", value: true }] : [] });
  }
  return blocks;
}

/** A page that is this many characters long. */
export function pageOfCharacters(characters: number): Block[] {
  const out: Block[] = [];
  let length = 0;
  for (const block of pageOf(characters)) {
    if (length >= characters) break;
    out.push(block);
    length += 1 + block.text.length;
  }
  return out;
}
