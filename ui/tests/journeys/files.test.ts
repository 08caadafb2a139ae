/** Ada puts files on a page, Bo sees and saves them; what he has not fetched when she goes comes when she is back. */

import { readFile } from "node:fs/promises";
import { deflateSync, crc32 } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { begins, body, bringIn, browsers, reads } from "./browsers";

const { device, windowOn } = browsers();

interface Handed {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** A picture in one colour, so that it is a real one. */
function png(side: number): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(side * 3, 0x5a)]);
  const lines = Buffer.concat(Array.from({ length: side }, () => line));
  return Buffer.concat([Buffer.from("\u0089PNG\r\n\u001a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

/** Drops or pastes files, as a browser does. */
async function hands(page: Page, how: "drop" | "paste", files: readonly Handed[]): Promise<void> {
  const plain = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString("base64") }));
  await page.evaluate(([deed, given]) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of given) data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    const on = document.querySelector(".page-body");
    const { left, bottom } = on?.getBoundingClientRect() ?? new DOMRect();
    const how = { bubbles: true, cancelable: true };
    if (deed === "paste") on?.dispatchEvent(new ClipboardEvent("paste", { ...how, clipboardData: data }));
    else on?.dispatchEvent(new DragEvent("drop", { ...how, dataTransfer: data, clientX: left + 20, clientY: bottom - 20 }));
  }, [how, plain] as const);
}

const map = { name: "flood map.png", type: "image/png", bytes: png(320) };
const rota = { name: "Night rota.pdf", type: "application/pdf", bytes: Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(200_000, 7)]) };
const minutes = { name: "minutes.pdf", type: "application/pdf", bytes: Buffer.concat([Buffer.from("%PDF-1.7\n"), Buffer.alloc(90_000, 9)]) };

const file = (page: Page, name: string) => page.getByRole("group", { name: `File: ${name}` });
const picture = (page: Page, alt: string) => page.getByRole("img", { name: alt });

test("Ada drops a picture and a document; Bo sees the one and saves the other; a third waits for her", async () => {
  const ada = await device("Ada");
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "The map");
  await hers.keyboard.type("This is where the water came.");
  await hands(hers, "drop", [map, rota]);
  await picture(hers, map.name).waitFor();
  await file(hers, rota.name).getByRole("button", { name: "Save" }).waitFor();

  // What is said of the picture is what is read out for it.
  await picture(hers, map.name).click();
  await hers.keyboard.type("Mill Lane at six in the morning");
  await picture(hers, "Mill Lane at six in the morning").waitFor();
  await hers.keyboard.press("Enter");
  await hers.keyboard.type("Chapel Row stayed dry.");
  await hers.getByText("Saved on this device.").waitFor();

  const bo = await device("Bo", [ada]);
  await bringIn(ada, bo);
  const his = await windowOn(bo);
  await his.getByText("The map").first().click();
  await reads(his, "This is where the water came.");
  await picture(his, "Mill Lane at six in the morning").waitFor();
  const drawn = await picture(his, "Mill Lane at six in the morning").evaluate((image: HTMLImageElement) => [image.naturalWidth, image.src.slice(0, 5)]);
  expect(drawn).toEqual([320, "blob:"]);

  await file(his, rota.name).getByText("Not on this device yet.").waitFor();
  await file(his, rota.name).getByRole("button", { name: "Fetch" }).click();
  const saved = his.waitForEvent("download");
  await file(his, rota.name).getByRole("button", { name: "Save" }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe("Night rota.pdf");
  expect((await readFile(await download.path())).equals(rota.bytes)).toBe(true);

  await hers.getByText("Chapel Row stayed dry.").click();
  await hands(hers, "paste", [minutes]);
  await file(his, minutes.name).getByText("Not on this device yet.").waitFor();
  await hers.close();
  await ada.stops();
  await file(his, minutes.name).getByRole("button", { name: "Fetch" }).click();
  await file(his, minutes.name).getByText("Nobody who has this file can be reached at the moment.").waitFor();
  await file(his, minutes.name).getByText("Not connected now: Ada.").waitFor();
  await his.getByText("This is where the water came.").click();
  await his.keyboard.press("Home");
  await his.keyboard.type("Seen. ");
  await reads(his, "Seen. This is where the water came.");

  await ada.starts([], { listen: ada.listens });
  await file(his, minutes.name).getByRole("button", { name: "Save" }).waitFor();
});

test("with the keyboard alone: a picture is chosen from the menu, said what it is, left, taken off the page and brought back", async () => {
  const ada = await device("Ada");
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "The map");
  // Asked for before the key is pressed: a browser has to be told not to open its own.
  const chooser = hers.waitForEvent("filechooser");
  await hers.keyboard.type("The water. /image");
  await hers.getByRole("option", { name: "Image or file", selected: true }).waitFor();
  await hers.keyboard.press("Enter");
  await (await chooser).setFiles({ name: map.name, mimeType: map.type, buffer: map.bytes });
  await picture(hers, map.name).waitFor();
  await reads(hers, "The water. ");
  expect(await body(hers).textContent()).not.toContain("/image");

  await hers.keyboard.press("ArrowDown");
  await hers.keyboard.type("Mill Lane");
  await picture(hers, "Mill Lane").waitFor();
  const isOn = (button: string) => hers.waitForFunction((wanted) => document.activeElement?.getAttribute("aria-label")?.startsWith(wanted), button);
  await hers.keyboard.press("Tab");
  await isOn("Save: ");
  await hers.keyboard.press("Escape");
  await hers.waitForFunction(() => document.activeElement?.matches(".page-body"));
  await hers.keyboard.press("Tab");
  await hers.keyboard.press("Tab");
  await isOn("Take off the page: ");
  await hers.keyboard.press("Enter");
  await file(hers, map.name).waitFor({ state: "detached" });
  await hers.waitForFunction(() => document.activeElement?.matches(".page-body"));
  await hers.keyboard.press("Control+z");
  await picture(hers, "Mill Lane").waitFor();
  await hers.getByText("Saved on this device.").waitFor();
  await hers.reload();
  await picture(hers, "Mill Lane").waitFor();
});

test("what is said to be a picture and is none is not drawn, and nothing in it runs", async () => {
  const ada = await device("Ada");
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "The map");
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='run'"><script>document.title='run'</script></svg>`);
  const broken = Buffer.concat([map.bytes.subarray(0, 40), Buffer.alloc(400, 1)]);
  await hands(hers, "paste", [{ name: "a.png", type: "image/png", bytes: svg }, { name: "b.svg", type: "image/svg+xml", bytes: svg }, { name: "c.png", type: "image/png", bytes: broken }]);
  for (const name of ["a.png", "c.png"]) await file(hers, name).getByText("This does not open as an image.").waitFor();
  await file(hers, "b.svg").getByRole("button", { name: "Save" }).waitFor();
  expect(await hers.locator(".page-body img:not(.ProseMirror-separator)").count()).toBe(0);
  expect(await hers.title()).not.toBe("run");
});
