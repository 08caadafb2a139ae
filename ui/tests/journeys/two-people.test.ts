/** Ada and Bo, each in a browser on a node of their own. */

import { expect, test } from "vitest";
import { begins, body, bringIn, browsers, reads } from "./browsers";

const { context, device, windowOn } = browsers();

test("Ada writes, Bo joins and reads it as she writes, and writes back", async () => {
  const ada = await device("Ada");
  const bo = await device("Bo", [ada]);
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "Night cover");
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  await hers.getByText("1 page, 1 person").waitFor();
  expect(new URL(hers.url()).hash).toBe("");

  await bringIn(ada, bo);
  const his = await windowOn(bo);
  await his.getByText("Night cover").first().click();
  await reads(his, "Gwen has the keys.");

  await hers.keyboard.type(" Sandbags are at the depot.");
  await reads(his, "Sandbags are at the depot.");
  await body(his).click();
  await his.keyboard.press("Control+End");
  await his.keyboard.type(" I take Tuesday.");
  await reads(hers, "I take Tuesday.");

  for (const [page, other] of [[hers, "Bo"], [his, "Ada"]] as const) {
    await page.getByRole("list", { name: "On this page now:" }).getByText(other).waitFor();
    await page.locator(".other-flag", { hasText: other.charAt(0) }).waitFor();
  }
  await his.close();
  await hers.getByText("On this page now:").waitFor({ state: "detached" });
  expect(await hers.locator(".other-flag").count()).toBe(0);
});

test("what Ada typed is there when her window is loaded again, and a window without the token sees nothing", async () => {
  const ada = await device("Ada");
  const hers = await windowOn(ada);
  await begins(hers, "Winter plan", "Beds");
  await hers.keyboard.type("# Before noon");
  await hers.getByText("Saved on this device.").waitFor();
  await hers.reload();
  await hers.getByText("Beds").first().click();
  await reads(hers, "Before noon");

  const phone = await context("a stranger", { locale: "cy-GB", viewport: { width: 390, height: 844 } });
  const stranger = await phone.newPage();
  await stranger.goto(ada.ready.http.replace(/#.*/, ""));
  await stranger.getByText("agorwch y cyfeiriad a argraffodd").waitFor();
  expect(await stranger.getByText("Winter plan").count()).toBe(0);
});
