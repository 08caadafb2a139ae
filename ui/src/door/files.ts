/** Files that cross piece by piece: to a node, sealed there as they come, and back from it. */

import { bytesOf, textOf } from "./base64";
import { Fault, type Attachment, type Door } from "./door";

type Asking = Pick<Door, "ask">;

/** What is to be attached, as a browser hands it over. */
export interface Sent {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Hands a file over to the node, and tells how many bytes have gone. What is broken off leaves nothing behind. */
export async function sendFile(door: Asking, page: string, file: Sent, told: (sent: number) => void, stopped: AbortSignal): Promise<Attachment> {
  const { draft, piece } = await door.ask("begin_file", { page });
  try {
    for (let at = 0; at < file.size; at += piece) {
      stopped.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(at, at + piece).arrayBuffer());
      await door.ask("add_piece", { draft, bytes: textOf(bytes) });
      told(Math.min(file.size, at + piece));
    }
    stopped.throwIfAborted();
    return await door.ask("finish_file", { draft, name: file.name, media_type: file.type });
  } catch (problem) {
    // Where the node is away it has dropped it already.
    door.ask("drop_file", { draft }).catch(() => undefined);
    throw problem;
  }
}

/** Reads a file that is on this device, up to its end. One that is longer than it says is not read on. */
export async function readFile(door: Asking, page: string, { id, size }: Pick<Attachment, "id" | "size">): Promise<Uint8Array<ArrayBuffer>[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let [read, piece] = [0, 0]; ; piece += 1) {
    const bytes = bytesOf((await door.ask("read_piece", { page, attachment: id, piece })).bytes);
    if (bytes.length === 0) return pieces;
    read += bytes.length;
    if (read > size) throw new Fault("refused", "this file is longer than the page says it is", "en");
    pieces.push(bytes);
  }
}
