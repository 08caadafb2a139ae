/** Mal writes, with what is his to write with, what no editor would: nothing of it runs, and nothing waits for it. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { isClean } from "./axe";
import { begins, body, bringIn, browsers, reads, wording } from "./browsers";
import type { Device } from "./hedgerow";
import { byKeyboard } from "./keyboard";

const { device, windowOn, forgive } = browsers();

const OVERRIDE = "\u202e";
const TRAPS = `<img src=x onerror="window.stolen=1"> <script>window.stolen=2</script>

[one](javascript:window.stolen=3) [two](data:text/html,<script>opener.stolen=4</script>) [three]( JaVaScRiPt:window.stolen=5) [four](java&#9;script:window.stolen=6) [five](file:///etc/passwd)

![six](http://example.org/seen.png) [seven](https://example.org/${OVERRIDE}gpj.exe)

<svg onload="window.stolen=8"><script>window.stolen=9</script></svg>

| a | b |
|---|---|
| <img src=x onerror="window.stolen=10"> | <b>c</b> |

Invoice${OVERRIDE}fdp.exe is due.
`;

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Keeps what a window does that a page could have made it do. */
function watched(page: Page, { ready }: Device): { readonly dialogs: string[]; readonly elsewhere: string[] } {
  const [dialogs, elsewhere]: [string[], string[]] = [[], []];
  const { host } = new URL(ready.http);
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.context().on("request", (request) => {
    if (request.url().startsWith("http") && new URL(request.url()).host !== host) elsewhere.push(request.url());
  });
  return { dialogs, elsewhere };
}

/** The window answers a key: it opens what the key is for, and goes back. */
async function answers(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+/");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ timeout: 10_000 });
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** Ada's window on a notebook that Mal writes in, whose own node is reached by commands alone. */
async function withMal(): Promise<{ ada: Device; mal: Device; hers: Page; notebook: string }> {
  const ada = await device("Ada");
  const mal = await device(`Mal${OVERRIDE}adA`, [ada]);
  const hers = await windowOn(ada);
  await begins(hers, "Flood rota", "Night cover");
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  await bringIn(ada, mal);
  const { id } = await mal.does("notebook", "list");
  return { ada, mal, hers, notebook: id ?? "" };
}

test("what Mal puts on a page stands there as text: nothing runs, nothing is asked for elsewhere, and no name turns a sentence round", async () => {
  const { ada, mal, hers, notebook } = await withMal();
  const { dialogs, elsewhere } = watched(hers, ada);
  await mal.gives(TRAPS, "page", "new", notebook, "--title", `Plan${OVERRIDE}fdp.exe`);
  await hers.getByRole("button", { name: /Planfdp\.exe/u }).click();
  await reads(hers, "Invoice");
  await reads(hers, '<img src=x onerror="window.stolen=1"> <script>window.stolen=2</script>');

  // Whatever she clicks, and however, it leads nowhere but to the two addresses of the web.
  for (const name of ["one", "two", "three", "four", "five"]) {
    expect(await body(hers).getByRole("link", { name, exact: true }).count()).toBe(0);
    await body(hers).getByText(name, { exact: true }).click({ modifiers: ["Control"] });
    await body(hers).getByText(name, { exact: true }).click();
  }
  const links = await body(hers).getByRole("link").evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.getAttribute("title")]));
  expect(links.map(([, told]) => told)).toEqual(["http://example.org/seen.png", "https://example.org/%E2%80%AEgpj.exe"]);
  expect(await body(hers).locator("img:not(.ProseMirror-separator), script, svg, iframe, [onerror], [onload]").count()).toBe(0);
  expect(await hers.evaluate(() => (window as { stolen?: number }).stolen)).toBe(undefined);
  expect(hers.context().pages()).toHaveLength(1);

  // Outside of the text nothing turns; in it, what would turn it stands alone, where it is seen.
  const around = await hers.evaluate(() => {
    const copy = document.body.cloneNode(true) as Element;
    for (const one of copy.querySelectorAll(".page-body")) one.remove();
    return copy.textContent;
  });
  expect(around).not.toContain(OVERRIDE);
  expect(await body(hers).locator(".turning").evaluateAll((all) => all.map((one) => [one.textContent, getComputedStyle(one).unicodeBidi]))).toEqual([[OVERRIDE, "isolate"]]);
  await button(hers, "Show the history").click();
  await hers.getByRole("complementary", { name: "History of the page" }).getByRole("button", { name: /MaladA/u }).first().click();
  await hers.getByLabel("Text of the page as it was").getByText("Invoice").waitFor();
  await isClean(hers, "a version of what Mal wrote");
  await button(hers, "Back to the page now").click();
  await button(hers, "Hide the history").click();
  await isClean(hers, "what Mal wrote");

  // An invitation that is none is told from one, and nothing else happens.
  await button(hers, "Join a notebook").click();
  for (const link of ["hedgerow://join/half", `hedgerow://join/${"A".repeat(3_000)}`, "javascript:window.stolen=11", `${OVERRIDE}hedgerow`]) {
    await hers.getByLabel("Invitation link").fill(link);
    await button(hers, "Read the invitation").click();
    await hers.getByRole("dialog").getByRole("alert").waitFor();
  }
  await isClean(hers, "an invitation that is none");
  await byKeyboard(hers, async (keys) => {
    await keys.press("Escape");
    await keys.isAt(button(hers, "Join a notebook"));
    await keys.goesTo(body(hers));
    await keys.press("Control+End");
    await keys.type(" Paid.");
    await reads(hers, "is due. Paid.");
    await hers.getByText("Saved on this device.").waitFor();
  });
  expect(await hers.evaluate(() => (window as { stolen?: number }).stolen)).toBe(undefined);
  expect({ dialogs, elsewhere }).toEqual({ dialogs: [], elsewhere: [] });
});

test("a page as long as Mal can make it opens in parts, stays readable while it grows, and keeps nobody waiting", async () => {
  const { mal, hers, notebook } = await withMal();
  // What is more than a node takes at once it refuses, and says so.
  await expect(mal.gives("x".repeat(10 << 20), "page", "new", notebook, "--title", "Ten million")).rejects.toThrow(/more than 2 MiB/u);
  await expect(mal.gives("- item\n".repeat(100_000), "page", "new", notebook, "--title", "Many lists")).rejects.toThrow(/too much at once/u);
  await mal.gives("seagulls ".repeat(70_000), "page", "new", notebook, "--title", "One line");
  await mal.gives(`${"- ".repeat(100_000)}deep`, "page", "new", notebook, "--title", "Lists in lists");
  const { id: grows } = await mal.gives("First line.", "page", "new", notebook, "--title", "It grows");

  await hers.getByRole("button", { name: /Lists in lists/u }).click();
  await reads(hers, "deep");
  await answers(hers);
  await hers.getByRole("button", { name: /One line/u }).click();
  await hers.getByText("This page is too long to be written in.").waitFor();
  await reads(hers, "seagulls");
  await answers(hers);
  await isClean(hers, "a page in parts");

  // A page that is open grows under her hands past what can be written in: she is told, and reads on.
  await hers.getByRole("button", { name: /It grows/u }).click();
  await reads(hers, "First line.");
  await body(hers).click();
  await hers.keyboard.type("Mine. ");
  await hers.getByText("Saved on this device.").waitFor();
  await mal.gives("- item\n".repeat(6_000), "page", "append", grows ?? "");
  await hers.getByText("This page is too long to be written in.").waitFor();
  await reads(hers, "Mine.");
  await hers.getByText("Saved on this device.").waitFor();
  await answers(hers);

  await byKeyboard(hers, async (keys) => {
    const next = button(hers, "Next part");
    await hers.getByText(/^Part 1 of 1\d$/u).waitFor();
    await keys.takes(next);
    await hers.getByText(/^Part 2 of 1\d$/u).waitFor();
    await keys.goesTo(button(hers, "Save the text as a file"), "Shift+Tab");
    const saving = hers.waitForEvent("download");
    await keys.press("Enter");
    expect((await saving).suggestedFilename()).toBe("It grows.txt");
  });
  expect(await wording(hers)).toContain("item");
});

test("Ada's node stops under her open page: she writes on, and what she wrote is saved when it runs again", async () => {
  const ada = await device("Ada");
  const hers = await windowOn(ada);
  await body(hers).waitFor();
  await body(hers).click();
  await hers.keyboard.type("Gwen has the keys.");
  await hers.getByText("Saved on this device.").waitFor();
  const { host } = new URL(ada.ready.http);

  await ada.stops();
  await hers.keyboard.type(" The gate sticks.");
  await hers.getByRole("alert").getByText(`Hedgerow is not running at ${host} at the moment.`).waitFor();
  await hers.getByText("Not all of it is saved.").waitFor();
  await reads(hers, "The gate sticks.");
  await answers(hers);
  await isClean(hers, "without a node");
  await byKeyboard(hers, async (keys) => {
    await keys.goesTo(body(hers));
    await keys.press("Control+End");
    await keys.type(" Bring a torch.");
    await keys.press("Escape");
    await keys.goesTo(button(hers, "Try again"), "Shift+Tab");
    await keys.press("Enter");
    await hers.getByRole("alert").getByText("What you typed is not saved").waitFor();
  });

  // It runs again at the same place; she opens what it printed in another window, as she was told to.
  await ada.starts([], { window: host });
  const other = await hers.context().newPage();
  await other.goto(ada.ready.http);
  await hers.getByText("Saved on this device.").waitFor();
  await reads(other, "Gwen has the keys. The gate sticks. Bring a torch.");
  expect(await hers.getByRole("alert").count()).toBe(0);
  await hers.bringToFront();
  await body(hers).click();
  await hers.keyboard.press("Control+End");
  await hers.keyboard.type(" And tea.");
  await reads(other, "Bring a torch. And tea.");
  // The window looked for its node meanwhile.
  forgive();
});
