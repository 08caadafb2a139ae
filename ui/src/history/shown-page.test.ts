import { expect, test } from "vitest";
import { PretendDoor } from "../../tests/pretend-door";
import type { Block } from "../editor/blocks";
import { blocksOf } from "./shown-page";

const blocks: Block[] = [
  { type: "paragraph", parents: [], text: "😀 ring Bo 😀 now", marks: [{ from: 3, to: 7, type: "strong", value: true }, { from: 14, to: 17, type: "link", value: "https://example.org" }] },
  { type: "unordered-list-item", parents: [], text: "gates", marks: [] },
  { type: "task-list-item", parents: ["unordered-list-item"], checked: true, text: "keys", marks: [] },
];

test("a page that a node shows reads as it does in the editor, also behind letters of two units", async () => {
  const door = new PretendDoor();
  const page = door.page(door.notebook("Flood rota"), "Night cover", ["Ada"], blocks);
  expect(blocksOf(await door.ask("show_page", { page, at: null }))).toEqual(blocks);
});

test("what this version does not know of a page does not stop it from being shown", () => {
  const strange = { type: "map", parents: ["attic"], text: "here", marks: [{ type: "sung", from: 0, to: 2 }] };
  expect(blocksOf({ blocks: [strange] })).toEqual([{ type: "map", parents: [], text: "here", marks: [] }]);
  expect(blocksOf({ blocks: [] })).toEqual([{ type: "paragraph", parents: [], text: "", marks: [] }]);
});
