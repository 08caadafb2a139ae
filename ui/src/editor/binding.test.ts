import { TextSelection } from "prosemirror-state";
import { expect, test } from "vitest";
import { paragraph, type Block } from "./blocks";
import { begun, Writer } from "../../tests/writers";
import { nodeOf } from "./nodes";
import { putBlocks } from "./paste";
import { schema } from "./schema";
import { makeInto } from "./typing";

/** Ada and Bo have the same page open. */
function page(...blocks: Block[]): { ada: Writer; bo: Writer; exchange: () => void } {
  const bytes = begun(blocks);
  const [ada, bo] = [new Writer("Ada", bytes, 1), new Writer("Bo", bytes, 2)];
  const exchange = () => {
    const [hers, his] = [ada.unheard.splice(0), bo.unheard.splice(0)];
    bo.binding.receive(hers);
    ada.binding.receive(his);
  };
  return { ada, bo, exchange };
}

const heading = (text: string): Block => ({ type: "heading", level: 2, parents: [], text, marks: [] });
const bullet = (text: string): Block => ({ type: "unordered-list-item", parents: [], text, marks: [] });

test("a page opens as it was begun", () => {
  const blocks = [heading("Flood rota"), bullet("sandbags"), paragraph("ring Bo")];
  const { ada } = page(...blocks);
  expect(ada.blocks).toEqual(blocks);
});

test("a sketch that this window cannot show yet stays the same sketch when it is moved, deleted, and brought back", () => {
  const said = JSON.stringify({ name: "ford", pen: true, size: 1200 });
  const sketch: Block = { type: "sketch", parents: [], text: "The ford", marks: [], said };
  const { ada, bo, exchange } = page(sketch, paragraph("ring Bo"), { ...sketch, said: said.replace("1200", "7"), text: "" });
  expect(ada.blocks[0]).toEqual(sketch);
  ada.do(({ tr, doc }) => {
    const [node] = doc.children;
    return node === undefined ? tr : tr.insert(doc.content.size, node).delete(0, node.nodeSize);
  });
  exchange();
  expect(bo.blocks.map((block) => block.said)).toEqual([undefined, said.replace("1200", "7"), said]);
  bo.do(({ tr, doc }) => tr.delete((doc.firstChild?.nodeSize ?? 0), doc.content.size));
  bo.binding.undo();
  exchange();
  expect(ada.blocks.at(-1)).toEqual(sketch);
});

test("what two type in one paragraph is all there", () => {
  const { ada, bo, exchange } = page(paragraph("night cover"));
  ada.do(({ tr }) => tr.insertText("more ", 1));
  bo.do(({ tr }) => tr.insertText(" 😀 moved", 12));
  exchange();
  expect(ada.text).toBe("more night cover 😀 moved");
  expect(bo.text).toBe(ada.text);
});

test("a paragraph that Ada splits keeps what Bo types in its second half", () => {
  const { ada, bo, exchange } = page(paragraph("sandbags ring Bo"));
  ada.do(({ tr }) => tr.split(9));
  bo.do(({ tr }) => tr.insertText("!", 17));
  exchange();
  expect(ada.text).toBe("sandbags\n ring Bo!");
  expect(bo.text).toBe(ada.text);
});

test("Ada makes a heading of it while Bo makes it a quotation of another's: one block stays one block", () => {
  const { ada, bo, exchange } = page(paragraph("why we do this"));
  ada.do(({ tr }) => tr.setNodeMarkup(0, schema.nodes["heading"], { parents: [], level: 1 }));
  bo.do(({ tr }) => tr.setNodeMarkup(0, schema.nodes["blockquote"], { parents: [] }));
  exchange();
  expect(ada.blocks).toHaveLength(1);
  expect(bo.blocks).toEqual(ada.blocks);
});

test("text typed where a strong word ends is as strong as the editor shows it", () => {
  const { ada, bo, exchange } = page({ ...paragraph("not now"), marks: [{ from: 4, to: 7, type: "strong", value: true }] });
  ada.do(({ tr }) => tr.insert(8, schema.text(" or later")));
  ada.do(({ tr }) => tr.insert(17, schema.text("!", [schema.mark("strong")])));
  exchange();
  expect(bo.blocks[0]?.marks).toEqual([
    { from: 4, to: 7, type: "strong", value: true },
    { from: 16, to: 17, type: "strong", value: true },
  ]);
  expect(ada.blocks).toEqual(bo.blocks);
});

test("what Ada pastes into the middle of a word parts it and keeps what Bo types behind it", () => {
  const { ada, bo, exchange } = page(paragraph("sandbags"), heading("Who"));
  ada.do((state) => {
    const there = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 5)));
    return putBlocks(there, [paragraph("1"), bullet("2"), bullet("3")]);
  });
  bo.do(({ tr }) => tr.insertText("!", 9));
  exchange();
  expect(ada.text).toBe("sand1\n2\n3bags!\nWho");
  expect(bo.blocks).toEqual(ada.blocks);
});

test("undoing what Ada inserted leaves what Bo wrote in the middle of it", () => {
  const { ada, bo, exchange } = page(paragraph("cover"));
  ada.do(({ tr }) => tr.insertText("night and weekend ", 1));
  exchange();
  bo.do(({ tr }) => tr.insertText("day, ", 7));
  exchange();
  expect(bo.text).toBe("night day, and weekend cover");
  ada.binding.undo();
  exchange();
  expect(ada.text).toBe("day, cover");
  expect(bo.text).toBe("day, cover");
  ada.binding.redo();
  exchange();
  expect(bo.text).toBe("night day, and weekend cover");
});

test("undoing brings back what Ada deleted, where it stood", () => {
  const { ada, bo, exchange } = page(heading("Rota"), paragraph("one two three"), paragraph("four"));
  ada.do(({ tr }) => tr.delete(11, 15));
  bo.do(({ tr }) => tr.insertText("zero ", 7));
  exchange();
  expect(ada.text).toBe("Rota\nzero one three\nfour");
  ada.binding.undo();
  exchange();
  expect(bo.text).toBe("Rota\nzero one two three\nfour");
  expect(ada.blocks).toEqual(bo.blocks);
});

test("undoing a whole evening's work gives back the page, and redoing the work", () => {
  const start = [heading("Rota"), paragraph("one two three"), bullet("four")];
  const { ada } = page(...start);
  ada.do(({ tr }) => tr.insertText("x", 3));
  ada.do(({ tr }) => tr.split(5));
  ada.do(({ tr }) => tr.addMark(2, 4, schema.mark("em")));
  ada.do(makeInto({ type: "code-block" }));
  ada.do(({ tr }) => tr.delete(0, 6));
  ada.do(({ tr }) => tr.insert(0, nodeOf(bullet("new"))));
  const evening = ada.blocks;
  for (let step = 0; step < 6; step += 1) ada.binding.undo();
  expect(ada.blocks).toEqual(start);
  expect(ada.binding.undo()).toBe(false);
  for (let step = 0; step < 6; step += 1) ada.binding.redo();
  expect(ada.blocks).toEqual(evening);
  expect(ada.binding.settle()).toBe(true);
});

test("Ada's caret stays at her word when Bo writes above it", () => {
  const { ada, bo, exchange } = page(paragraph("above"), paragraph("my word"));
  ada.do((state) => state.tr.setSelection(TextSelection.create(state.doc, 10, 12)));
  bo.do(({ tr }) => tr.insertText("far ", 1).split(5));
  exchange();
  const { from, to } = ada.state.selection;
  expect(ada.text).toBe("far \nabove\nmy word");
  expect(ada.state.doc.textBetween(from, to)).toBe(" w".slice(0, to - from));
  expect([from, to]).toEqual([16, 18]);
});
