/** How much crosses when somebody opens the window. */

import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { browsers, body } from "./browsers";

const { device, context } = browsers();

/** In bytes, packed: whoever opens the window on a slow device waits for all of it. */
const CODE_MOST = 400_000;

test("the window's code is small, Automerge is compiled while it comes, and nothing comes from elsewhere", async () => {
  const ada = await device("Ada");
  const page = await (await context("Ada", { locale: "en-GB" })).newPage();
  const came: { readonly url: string; readonly kind: string; readonly size: Promise<number> }[] = [];
  page.on("response", (response) => {
    const size = response.body().then((bytes) => gzipSync(bytes).length);
    came.push({ url: response.url(), kind: response.headers()["content-type"] ?? "", size });
  });
  await page.goto(ada.ready.http);
  await body(page).waitFor();

  const code = came.filter(({ kind }) => kind.includes("javascript"));
  const sizes = await Promise.all(code.map(({ size }) => size));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  expect(all).toBeGreaterThan(50_000);
  expect(all).toBeLessThan(CODE_MOST);
  // A browser compiles while it comes only what is called so.
  expect(came.filter(({ url }) => url.endsWith(".wasm")).map(({ kind }) => kind)).toEqual(["application/wasm"]);
  expect([...new Set(came.map(({ url }) => new URL(url).origin))]).toEqual([new URL(ada.ready.http).origin]);
});
