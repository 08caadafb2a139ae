/**
 * What crosses between this editor and the document's room in Rust: files that the one writes and the other reads.
 * `written-by-the-editor.json` is made here and must stay as it is, unless the way of writing changes on purpose
 * (`HEDGEROW_WRITE_FIXTURES=1`): each change is what a node is handed, each `reads` what a node must read then.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Block } from "../src/editor/blocks";
import { begun, Writer } from "./writers";
import { Chance } from "./fuzz/chance";
import { Alphabet, someBlocks, someDeed } from "./fuzz/deeds";

const folder = new URL("./fixtures/", import.meta.url);

interface Written {
  /** The document as it was opened, in hexadecimal. */
  readonly document: string;
  readonly pages: readonly { readonly change: string; readonly reads: readonly unknown[] }[];
}

/** Blocks as the document's room prints them: positions of marks in Unicode scalar values. */
function asJson(blocks: readonly Block[]): unknown[] {
  return blocks.map(({ type, parents, level, start, checked, language, attachment, text, marks }) => ({
    type,
    ...(level === undefined ? {} : { level }),
    ...(start === undefined ? {} : { start }),
    ...(checked === undefined ? {} : { checked }),
    ...(language === undefined ? {} : { language }),
    ...(attachment === undefined ? {} : { attachment }),
    parents,
    text,
    marks: marks.map((mark) => ({
      from: [...text.slice(0, mark.from)].length,
      to: [...text.slice(0, mark.to)].length,
      type: mark.type,
      ...(mark.type === "link" ? { href: mark.value } : {}),
    })),
  }));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

function evening(): Written {
  const chance = new Chance(2026);
  const alphabet = new Alphabet();
  const bytes = begun(someBlocks(chance, alphabet, 5));
  const ada = new Writer("Ada", bytes, 1);
  const pages: Written["pages"][number][] = [];
  for (let deed = 0; deed < 80; deed += 1) {
    if (chance.chance(0.15)) ada.binding.undo();
    else ada.do(someDeed(chance, alphabet).do);
    const changes = ada.unheard.splice(0);
    for (const [at, change] of changes.entries()) {
      // Of several changes that one thing done took, only after the last does the page read as it is shown.
      pages.push({ change: hex(change), reads: at === changes.length - 1 ? asJson(ada.blocks) : [] });
    }
  }
  return { document: hex(bytes), pages };
}

test("the editor writes what it has always written", () => {
  const file = new URL("written-by-the-editor.json", folder);
  const now = `${JSON.stringify(evening(), null, 1)}\n`;
  if (process.env["HEDGEROW_WRITE_FIXTURES"] === "1") writeFileSync(file, now);
  expect(existsSync(file) && readFileSync(file, "utf8") === now).toBe(true);
});

test("every change of an evening is one that a node lets in by its shape: a plain change chunk with its author's line", () => {
  for (const { change } of evening().pages) {
    // A chunk's magic bytes, its checksum, and its type: 1 is a change, 2 a deflated one.
    expect(change.slice(0, 8)).toBe("856f4a83");
    expect(change.slice(16, 18)).toBe("01");
    expect(change).toContain(`28${"01".repeat(40)}`);
  }
});
