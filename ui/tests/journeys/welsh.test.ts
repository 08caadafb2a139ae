/** Eira's first day with Hedgerow, in Welsh, on a telephone; and the same on a screen that is smaller still. */

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import cy from "../../messages/cy.json";
import en from "../../messages/en.json";
import { isClean } from "./axe";
import { browsers, reads } from "./browsers";
import { byKeyboard } from "./keyboard";
import { fits } from "./sizes";

const { device, windowOn } = browsers();

const PHONE = { locale: "en-GB", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, permissions: ["clipboard-read", "clipboard-write"] };

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const place = (page: Page, name: string) => page.getByRole("navigation").getByRole("button", { name, exact: true });

/** The text of the page that is open, once she has chosen Welsh. */
const body = (page: Page) => page.getByRole("textbox", { name: cy.page_body });

/** What was called so before she chose a language: it is hers to name. */
const GIVEN = ["first_notebook", "page_untitled"];
/** What is said in English and otherwise in Welsh, word for word. */
const ENGLISH = Object.entries(en).filter(([key]) => !GIVEN.includes(key)).flatMap(([key, english]) => (typeof english === "string" && english !== (cy as Record<string, unknown>)[key] && !english.includes("{") ? [english] : []));

/** Nothing on the screen says anything in English, but what is marked as English. */
async function isWelsh(page: Page, state: string): Promise<void> {
  const said = await page.evaluate(() => {
    const found: string[] = [];
    for (const one of document.querySelectorAll("body *")) {
      if (one.closest("[lang=en]") !== null || !one.checkVisibility()) continue;
      for (const node of one.childNodes) if (node.nodeType === Node.TEXT_NODE) found.push((node.textContent ?? "").trim());
      for (const name of ["aria-label", "title", "placeholder"]) found.push(one.getAttribute(name) ?? "");
    }
    return found;
  });
  expect(said.filter((words) => ENGLISH.includes(words)), state).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("cy");
}

/** It is all in Welsh, all there, and axe has nothing to say. */
async function isRight(page: Page, state: string): Promise<void> {
  await isWelsh(page, state);
  await isClean(page, state);
  await fits(page, state);
}

test("Eira chooses Welsh on her telephone, writes, captures, invites Bo and reads what he wrote", async () => {
  const eira = await device(null);
  const bo = await device("Bo");
  const phone = await windowOn(eira, PHONE);
  await phone.getByRole("textbox", { name: en.page_body }).waitFor();
  await place(phone, "Pages").tap();
  await button(phone, "Settings").first().tap();
  await phone.getByRole("radio", { name: "Cymraeg" }).tap();
  await phone.getByRole("dialog", { name: cy.settings }).waitFor();
  await isRight(phone, "the settings");
  await button(phone, cy.close).tap();
  await isRight(phone, "the list");

  // She writes, and puts down a thought.
  await phone.getByRole("list", { name: /./u }).getByRole("button").first().tap();
  await phone.getByLabel(cy.page_title).fill("Gofal nos");
  await body(phone).tap();
  await phone.keyboard.type("Gan Gwen mae'r allweddi.");
  await phone.getByText(cy.saved).waitFor();
  await isRight(phone, "a page");
  await place(phone, cy.place_capture).tap();
  await phone.getByLabel(cy.capture_label).fill("ffonio'r depo");
  await button(phone, cy.capture_save).tap();
  await phone.getByText(cy.capture_saved).waitFor();
  await isRight(phone, "a thought");

  // She invites Bo, and says who she is when that is asked.
  await place(phone, cy.place_people).tap();
  await isRight(phone, "her people");
  await button(phone, cy.invite).tap();
  await phone.getByLabel(cy.introduce_name).fill("Eira");
  await isRight(phone, "who she is");
  await button(phone, cy.introduce_next).tap();
  await button(phone, cy.invite_make).tap();
  await button(phone, cy.invite_copy).tap();
  await phone.getByText(cy.invite_copied).waitFor();
  await isRight(phone, "the invitation");
  const link = await phone.evaluate(() => navigator.clipboard.readText());
  await button(phone, cy.close).tap();
  await bo.does("join", link);
  await phone.getByText("Bo").first().waitFor();
  await isRight(phone, "Bo is in");

  // He writes; she reads it, sees that he has it, and looks at the history.
  const { id } = await bo.does("notebook", "list");
  const { id: page } = await bo.does("page", "list", id ?? "");
  await bo.does("page", "edit", page ?? "", "--at", "0", "--insert", "Heno: ");
  await place(phone, cy.place_pages).tap();
  await reads(phone, "Heno: Gan Gwen mae'r allweddi.");
  await button(phone, cy.history_show).tap();
  await phone.getByRole("button", { name: /Bo/u }).first().waitFor();
  await isRight(phone, "the history");
  await button(phone, cy.close).first().tap();

  // The same on a screen of 320 pixels, and at 200% on one of 1280 (640 of the page's own pixels).
  for (const viewport of [{ width: 320, height: 640 }, { width: 640, height: 512 }]) {
    await phone.setViewportSize(viewport);
    await isRight(phone, "a page");
    await place(phone, cy.place_pages).tap();
    await isRight(phone, "the list");
    await place(phone, cy.place_people).tap();
    await isRight(phone, "her people");
    await button(phone, cy.invite).tap();
    await isRight(phone, "an invitation");
    await button(phone, cy.cancel).tap();
    await place(phone, cy.place_pages).tap();
    await phone.getByRole("list", { name: /./u }).getByRole("button", { name: /Gofal nos/u }).tap();
  }

  // With a keyboard alone, on the smallest.
  await phone.setViewportSize({ width: 320, height: 640 });
  await phone.reload();
  await reads(phone, "Heno:");
  await byKeyboard(phone, async (keys) => {
    await keys.takes(button(phone, cy.waiting));
    await phone.getByRole("dialog", { name: cy.waiting }).waitFor();
    await isRight(phone, "what is waiting");
    await keys.press("Escape");
    await keys.goesTo(body(phone));
    await keys.press("Control+End");
    await keys.type(" Diolch.");
    await phone.getByText(cy.saved).waitFor();
    await keys.press("Escape");
    await keys.takes(place(phone, cy.place_capture));
    await phone.getByText("ffonio'r depo").waitFor();
    await keys.takes(place(phone, cy.place_people));
    await phone.getByRole("heading", { level: 1 }).first().waitFor();
  });
  expect((await bo.does("page", "show", page ?? "", "--format", "json"))["title"]).toBe("Gofal nos");
});
