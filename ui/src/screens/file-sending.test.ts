import { expect, test, vi } from "vitest";
import { paragraph, type Block } from "../editor/blocks";
import { Fault } from "../door/door";
import { PretendDoor } from "../../tests/pretend-door";
import { begun, Writer } from "../../tests/writers";
import { FileSending, type Given } from "./file-sending.svelte";

const text = (name: string, said: string): Given => ({ name, file: new File([said], name, { type: "text/plain" }) });

/** Ada with a page open, and what she hands over. */
function ground(blocks: readonly Block[], mayWrite = true) {
  const door = new PretendDoor();
  const ada = new Writer("Ada", begun(blocks), 1);
  const editor = { get state() { return ada.state; }, view: { dispatch: ada.binding.dispatch.bind(ada.binding) } };
  const sending = new FileSending({ door, page: "page", replica: () => ada.replica, editor: () => editor, mayWrite: () => mayWrite });
  const page = () => ada.blocks.map(({ attachment, text: said }) => attachment?.name ?? said);
  return { door, ada, sending, page };
}

test("what Ada hands over stands where she dropped it, in order, also when she goes on writing before", async () => {
  const { ada, sending, page, door } = ground([paragraph("Before."), paragraph("Here."), paragraph("After.")]);
  sending.add([text("one.txt", "sandbags"), text("two.txt", "x".repeat(200_000))], 14);
  ada.do((state) => state.tr.insertText("Long ", 1));
  await vi.waitFor(() => { expect(sending.list).toEqual([]); });
  expect(page()).toEqual(["Long Before.", "Here.", "one.txt", "two.txt", "After."]);
  expect([...door.files.here.values()].map(({ length }) => length)).toEqual([8, 200_000]);
  ada.binding.undo();
  expect(page()).not.toContain("two.txt");
});

test("a folder, an empty file, one that is too large, and any where she may only read are told, and nothing of them is read", () => {
  const { sending, door, page } = ground([paragraph("Here.")]);
  const long = new File(["x"], "night.mov");
  Object.defineProperty(long, "size", { value: 104_857_601 });
  sending.add([{ name: "Pictures", file: null }, text("empty.txt", ""), { name: "night.mov", file: long }], 1);
  expect(sending.list.map(({ unfit }) => unfit)).toEqual(["folder", "empty", "long"]);
  const read = ground([paragraph("Here.")], false);
  read.sending.add([text("one.txt", "x")], 1);
  expect(read.sending.list.map(({ unfit }) => unfit)).toEqual(["reading"]);
  expect([...door.asked, ...read.door.asked]).toEqual([]);
  expect(page()).toEqual(["Here."]);
});

test("the node goes away mid-way: it is said, what was typed stays, and trying again puts the file there", async () => {
  const { sending, door, page, ada } = ground([paragraph("Here.")]);
  door.faults.set("add_piece", new Fault("unreachable", "Hedgerow is not running."));
  sending.add([text("one.txt", "sandbags")], 1);
  await vi.waitFor(() => { expect(sending.list[0]?.fault?.say).toBe("Hedgerow is not running."); });
  ada.do((state) => state.tr.insertText(" Typed.", 6));
  door.faults.clear();
  const [one] = sending.list;
  if (one !== undefined) sending.again(one);
  await vi.waitFor(() => { expect(sending.list).toEqual([]); });
  expect(page()).toEqual(["one.txt", "Here. Typed."]);
  expect(door.files.dropped).toHaveLength(1);
});

test("a file that Ada gives up leaves nothing behind", async () => {
  const { sending, door, page } = ground([paragraph("Here.")]);
  sending.add([text("one.txt", "x".repeat(300_000))], 1);
  const [one] = sending.list;
  expect(door.asked).toEqual(["begin_file"]);
  if (one !== undefined) sending.putAway(one);
  await vi.waitFor(() => { expect(door.files.dropped).toHaveLength(1); });
  expect(page()).toEqual(["Here."]);
  expect(door.asked).not.toContain("finish_file");
});
