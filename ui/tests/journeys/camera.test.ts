/** Bo joins by the code on Ada's screen: before his camera, and in a picture of it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { isClean } from "./axe";
import { body, browsers, reads } from "./browsers";

const [WIDE, HIGH] = [640, 480];
const folder = mkdtempSync(join(tmpdir(), "hedgerow-camera-"));
/** What the browser takes for what its camera sees: read when a window opens it. */
const seen = join(folder, "seen.y4m");
const { device, windowOn } = browsers(["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${seen}`]);
const CAMERA = { locale: "en-GB", viewport: { width: 1280, height: 800 }, permissions: ["camera"] };

afterAll(() => { rmSync(folder, { recursive: true }); });

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Ada's window with an invitation on it; the picture of its code. */
async function adasCode(hers: Page): Promise<Buffer> {
  await body(hers).waitFor();
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  await button(hers, "People").click();
  await button(hers, "Invite somebody").click();
  await button(hers, "Make the invitation").click();
  return hers.getByRole("img", { name: "The link as a code for a camera" }).screenshot();
}

/** Holds a picture before the camera, or nothing: a film of one frame, in YUV4MPEG2. */
async function holds(page: Page, picture: Buffer | null): Promise<void> {
  const luma = new Uint8Array(WIDE * HIGH).fill(120);
  if (picture !== null) {
    const drawn = await page.evaluate(
      async ([png, wide, high]) => {
        const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
        const paper = new OffscreenCanvas(wide, high).getContext("2d") as OffscreenCanvasRenderingContext2D;
        paper.fillStyle = "grey";
        paper.fillRect(0, 0, wide, high);
        const side = Math.min(wide, high) - 40;
        paper.drawImage(image, (wide - side) / 2, (high - side) / 2, side, side);
        return Array.from(paper.getImageData(0, 0, wide, high).data).filter((_, at) => at % 4 === 0);
      },
      [picture.toString("base64"), WIDE, HIGH] as const,
    );
    luma.set(drawn);
  }
  const colour = Buffer.alloc((WIDE * HIGH) / 2, 128);
  writeFileSync(seen, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDE} H${HIGH} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), luma, colour]));
}

test("Bo holds his camera to Ada's screen, and joins", async () => {
  const [ada, bo] = [await device("Ada"), await device("Bo")];
  const hers = await windowOn(ada);
  const code = await adasCode(hers);
  const drawing = await hers.context().newPage();
  await holds(drawing, code);
  const his = await windowOn(bo, CAMERA);
  await body(his).waitFor();
  await button(his, "Join a notebook").click();
  await button(his, "Scan a code").click();
  await his.getByText("Ada invites you to “My notes”, as a writer.").waitFor();
  await button(his, "Join").click();
  await reads(his, "Gwen has the keys.");
});

test("a camera that sees no code waits, one that may not be used says so, and a picture of the code does as well", async () => {
  const [ada, bo] = [await device("Ada"), await device("Bo")];
  const hers = await windowOn(ada);
  const code = await adasCode(hers);
  await holds(hers, null);
  const his = await windowOn(bo, CAMERA);
  await body(his).waitFor();
  await button(his, "Join a notebook").click();
  await button(his, "Scan a code").click();
  await his.getByText("Hold the invitation's code in front of the camera.").waitFor();
  await isClean(his, "scanning");
  await his.context().clearPermissions();
  await button(his, "Paste the link instead").click();
  await button(his, "Scan a code").click();
  await his.getByText("Hedgerow may not use the camera.").waitFor();
  await isClean(his, "no camera");
  await button(his, "Paste the link instead").click();
  await his.getByRole("dialog").locator("input[type=file]").setInputFiles({ name: "blank.png", mimeType: "image/png", buffer: await hers.locator("h1").first().screenshot() });
  await his.getByText("No code can be read in this picture.").waitFor();
  await his.getByRole("dialog").locator("input[type=file]").setInputFiles({ name: "code.png", mimeType: "image/png", buffer: code });
  await his.getByText("Ada invites you to “My notes”, as a writer.").waitFor();
  expect(await his.getByRole("dialog").getByRole("button", { name: "Join", exact: true }).count()).toBe(1);
});
