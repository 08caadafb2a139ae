import * as A from "@automerge/automerge/slim";
import { expect, test } from "vitest";
import { actor, begun } from "../../tests/writers";
import { paragraph, type Block } from "./blocks";
import { patched } from "./patched";
import { bodyOf } from "./spans";

interface Page {
  body: string;
}
type Writing = (page: Page) => void;

const strong: Block = { ...paragraph("the keys are at the depot"), marks: [{ from: 4, to: 8, type: "strong", value: true }] };
const linked: Block = { ...paragraph("ask Gwen 😀 first"), marks: [{ from: 4, to: 8, type: "link", value: "https://example.org/" }] };
const code: Block = { type: "code-block", parents: [], text: "open\nshut", marks: [] };
const page = [strong, linked, code, paragraph()];
const BODY = ["body"];
const put = (at: number, text: string): Writing => (draft) => { A.splice(draft, BODY, at, 0, text); };
const take = (at: number, count: number): Writing => (draft) => { A.splice(draft, BODY, at, count); };

/** What Bo's window, that had read the page, makes of what Ada wrote, and what the page reads then. */
function heard(...written: Writing[]): { shown: unknown; reads: unknown } {
  const bytes = begun(page);
  let hers = A.load<Page>(bytes, { actor: actor(1) });
  const his = A.load<Page>(bytes, { actor: actor(2) });
  const before = A.getHeads(hers);
  for (const write of written) hers = A.change(hers, write);
  let patches: A.Patch[] = [];
  const [after] = A.applyChanges(his, A.getChangesSince(hers, before), { patchCallback: (all) => void (patches = all) });
  return { shown: patched(bodyOf(A.spans(his, BODY)), patches), reads: bodyOf(A.spans(after, BODY)) };
}

const first = 1;
const second = first + strong.text.length + 1;
const third = second + linked.text.length + 1;
const fourth = third + code.text.length + 1;

test.each<[string, Writing[]]>([
  ["before a word", [put(first, "now ")]],
  ["within a strong word", [put(first + 6, "xx")]],
  ["where a strong word ends", [put(first + 8, "s")]],
  ["where a link begins, and where it ends", [put(second + 4, "x"), put(second + 9, "y")]],
  ["within a link", [put(second + 6, "dol")]],
  ["behind a character of two units, at the end of a block", [put(second + linked.text.length, "!")]],
  ["into an empty block", [put(fourth, "Tuesday")]],
  ["in code, with a line of its own", [put(third + 4, "\nwait")]],
  ["in several blocks, one after the other", [put(first, "a"), put(second + 1, "b"), put(third + 2, "c")]],
  ["letter by letter", [..."early"].map((letter, at) => put(first + at, letter))],
])("text that comes %s is shown as the page reads", (_, written) => {
  const { shown, reads } = heard(...written);
  expect(shown).toEqual(reads);
});

test.each<[string, Writing[]]>([
  ["a word", [take(first, 4)]],
  ["half of a strong word and what follows", [take(first + 6, 5)]],
  ["all of a strong word", [take(first + 4, 4)]],
  ["a link and what stands around it", [take(second + 2, 8)]],
  ["all of a block's text", [take(second, linked.text.length)]],
  ["what came just before", [put(first + 5, "zzz"), take(first + 4, 3)]],
])("when %s goes it is shown as the page reads", (_, written) => {
  const { shown, reads } = heard(...written);
  expect(shown).toEqual(reads);
});

test.each<[string, Writing]>([
  ["a block is split", (draft) => { A.splitBlock(draft, BODY, first + 3, { type: new A.ImmutableString("paragraph"), parents: [], attrs: {} }); }],
  ["two blocks are joined", take(second - 1, 1)],
  ["a word is marked", (draft) => { A.mark(draft, BODY, { start: first, end: first + 3, expand: "after" }, "em", true); }],
  ["text comes before all blocks", put(0, "first")],
])("when %s the page has to be read", (_, write) => {
  expect(heard(write).shown).toBeNull();
});

test("what the page says of itself besides its text changes nothing in it", () => {
  const { shown, reads } = heard((draft) => { Object.assign(draft, { title: new A.ImmutableString("Rota") }); });
  expect(shown).toEqual(reads);
});
