import { expect, test, vi } from "vitest";
import { heed, wordsAround } from "./around";
import type { Shell } from "../door/shell";
import { News } from "./news.svelte";
import type { Work } from "./work.svelte";

function around(isSettled: boolean) {
  const joining = { step: "link", text: "", show: vi.fn(), read: vi.fn() };
  const page = { isSaving: !isSettled, lost: null, isSettled: () => Promise.resolve(isSettled) };
  const work = { joining, page, place: "pages" } as unknown as Work;
  const shell: Shell = { describe: vi.fn(), stand: vi.fn(), notify: vi.fn(), listen: () => () => undefined, leave: vi.fn() };
  return { work, shell, joining, openers: { settings: vi.fn() } };
}

test("a link that another program opens is read, and one is asked before anything is joined", () => {
  const { work, shell, joining, openers } = around(true);
  heed({ link: "hedgerow://join/abc" }, shell, work, openers);
  expect(joining.show).toHaveBeenCalledOnce();
  expect(joining.text).toBe("hedgerow://join/abc");
  expect(joining.read).toHaveBeenCalledOnce();
});

test("a joining that waits is not given up for another link", () => {
  const { work, shell, joining, openers } = around(true);
  joining.step = "waiting";
  heed({ link: "hedgerow://join/abc" }, shell, work, openers);
  expect(joining.read).not.toHaveBeenCalled();
});

test("where a file went is told, the last one; and that one could not be saved", () => {
  const { shell, openers } = around(true);
  const work = { news: new News() } as unknown as Work;
  heed({ saved: "/ada/Night rota.pdf" }, shell, work, openers);
  heed({ saved: "/ada/flood map.png" }, shell, work, openers);
  expect(work.news.all).toEqual([{ what: "saved", path: "/ada/flood map.png" }]);
  heed("not_saved", shell, work, openers);
  expect(work.news.all).toEqual([{ what: "saved", path: null }]);
});

test("the app is left when all is saved, and stays while something cannot be", async () => {
  for (const isSettled of [true, false]) {
    const { work, shell, openers } = around(isSettled);
    heed("leaving", shell, work, openers);
    await vi.waitFor(() => { expect(shell.leave).toHaveBeenCalledWith(isSettled); });
  }
});

test("everything in a menu does something", () => {
  const { work, shell, openers, joining } = around(true);
  const ids = wordsAround().menus.flatMap(({ items }) => items.map(({ id }) => id));
  // These are the shell's or the system's own.
  const ours = ids.filter((id) => !["quit", "cut", "copy", "paste", "select_all"].includes(id));
  const places = ours.map((id) => {
    heed({ chosen: id }, shell, work, openers);
    return work.place;
  });
  expect(new Set(places)).toEqual(new Set(["pages", "capture", "people"]));
  expect(openers.settings).toHaveBeenCalledOnce();
  expect(joining.show).toHaveBeenCalledOnce();
});
