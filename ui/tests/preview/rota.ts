/** The page that is looked at: every kind of block, and words that are long in Welsh. */

import type { Block, Mark } from "../../src/editor/blocks";

export const mark = (text: string, words: string, type: Mark["type"], value: Mark["value"] = true): Mark => {
  const from = text.indexOf(words);
  return { from, to: from + words.length, type, value };
};
export const block = (type: string, text: string, more: Partial<Block> = {}): Block => ({ type, parents: [], text, marks: [], ...more });

export function rota(): Block[] {
  const why = "Last January four streets flooded in one night, and nobody knew who was to open the hall. This is what we do now, and why.";
  return [
    block("paragraph", why, { marks: [mark(why, "who was to open the hall", "strong"), mark(why, "why.", "em")] }),
    block("heading", "Before the rain", { level: 2 }),
    block("unordered-list-item", "The duty officer reads the river level at six and at ten"),
    block("unordered-list-item", "Above 2.4 m:"),
    block("ordered-list-item", "ring the hall keeper", { parents: ["unordered-list-item"] }),
    block("ordered-list-item", "open the gates on Mill Lane", { parents: ["unordered-list-item"] }),
    block("paragraph", "The keys are with the chapel.", { parents: ["unordered-list-item", "ordered-list-item"] }),
    block("unordered-list-item", "Sandbags go to those who asked first"),
    block("heading", "Who does what", { level: 2 }),
    block("table", "| Street | Night | Key |\n|---|---|---:|\n| Mill Lane | Bo | 14 |\n| Chapel Row | Cy | 15 |\n| Ŵyr and Tŷ Gwyn | Gethin | 16 |"),
    block("task-list-item", "Agree the night rota with the ward", { checked: true }),
    block("task-list-item", "Find a second key for the pump house", { checked: false }),
    block("blockquote", "We were told to wait for the van. The van was on the wrong side of the water."),
    block("paragraph", "See the plan for the county before changing any of this.", { marks: [{ from: 4, to: 12, type: "link", value: "https://example.org/plan" }] }),
    block("code-block", "level > 2.4 and rising -> ring", { language: "text" }),
  ];
}
