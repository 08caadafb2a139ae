// Ways through the window that several states begin with. Nothing here may depend on the language: things are found by what
// they are.

/** What changed last has been drawn. */
export const drawn = (page) => page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => { requestAnimationFrame(done); }); }));

export async function toPage(page) {
  await page.waitForSelector(".page-body");
}

/** From the page to the list, where only one of them is on the screen. */
export async function toList(page) {
  await toPage(page);
  await backToList(page);
  await page.waitForSelector(".list [role=list]");
}

export async function backToList(page) {
  const back = page.locator("button:has(.lucide-chevron-left):visible");
  if (await back.count() > 0) await back.click();
}

/** Takes something from a menu, by its place in it. */
export async function takeFrom(page, button, which) {
  await page.locator(button).click();
  const items = page.locator("[role=menuitem]");
  await (which === "last" ? items.last() : items.nth(which)).click();
}

export const PAGE_MENU = ".top .more button";
export const LIST_MENU = ".head [aria-haspopup=menu]";

export async function toAbout(page) {
  await toList(page);
  await takeFrom(page, LIST_MENU, 0);
  await page.waitForSelector(".sheet");
}

/** The sheet says that something is wrong. */
export const alert = (page) => page.waitForSelector(".sheet [role=alert]");

export const send = (page) => page.click(".sheet button[type=submit]");

/** Asks for this fail from now on, as a node says it. */
export const fails = (page, name, say) => page.evaluate(([asked, why]) => { globalThis.fails(asked, why); }, [name, say]);

export async function goToSheet(page, query = null) {
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".sheet [role=combobox]");
  if (query !== null) await page.fill(".sheet [role=combobox]", query);
}

/** Goes to a page by a part of its title. */
export async function visit(page, query, title) {
  await goToSheet(page, query);
  await page.waitForSelector(".sheet [role=option]");
  await page.keyboard.press("Enter");
  await page.waitForFunction((part) => document.querySelector("h1 textarea")?.value.includes(part) && document.querySelector(".sheet") === null, title);
}

/** The notebook that this person reads and does not write in. */
export const toReading = (page) => visit(page, "disch", "Discharge");

export async function toHistory(page) {
  await toPage(page);
  await page.click("button:has(.lucide-history)");
  await page.waitForSelector(".history .entry");
}

/** The page as Bo left it. */
export async function toVersion(page) {
  await toHistory(page);
  await page.locator(".history .entry", { hasText: "Bo" }).first().click();
  await page.waitForSelector("section h1:not(.spoken)");
}

export async function toPeople(page) {
  await toPage(page);
  await page.click("nav li.people button");
  await page.waitForSelector(".screen section h1");
}

export async function toMember(page) {
  await toPeople(page);
  await page.locator(".screen li .do button").first().click();
  await page.waitForSelector(".sheet fieldset");
}

export async function toInvite(page) {
  await toPeople(page);
  await page.locator(".screen .top button").click();
  await page.waitForSelector(".sheet form");
}

export async function toJoin(page) {
  await toList(page);
  await page.locator("button:has(.lucide-log-in):visible").click();
  await page.waitForSelector(".sheet textarea");
}

/** What a link says of itself: `which` is one of those that the pretend node was sent. */
export async function toPreview(page, which) {
  await toJoin(page);
  await page.fill(".sheet textarea", await page.evaluate((name) => globalThis.links[name], which));
  await send(page);
  await page.waitForFunction(() => document.querySelector(".sheet textarea") === null);
}
