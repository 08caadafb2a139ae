/** Opens the app's window on a pretend node, in jsdom. */

import { configure, fireEvent, render, screen } from "@testing-library/svelte";
import { vi } from "vitest";
import Window from "../src/screens/Window.svelte";
import { Settings, type Shelf } from "../src/words/settings.svelte";
import type { PretendDoor } from "./pretend-door";

// The window takes as long as a busy machine lets it; what never comes is told no later than that.
configure({ asyncUtilTimeout: 8_000 });

/** What jsdom has no idea of: how wide the screen is, where text lies on it, and what is scrolled into sight. */
export function withoutLayout(): void {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
  Element.prototype.scrollIntoView = () => undefined;
  vi.stubGlobal("ResizeObserver", class { observe = () => undefined; unobserve = () => undefined; disconnect = () => undefined; });
}

/** Somewhere to keep settings, empty. */
export function shelf(): Shelf {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

/** The window, with what it keeps between starts. */
export function openWindow(door: PretendDoor, { languages = ["en-GB"], kept = shelf() }: { languages?: string[]; kept?: Shelf } = {}): Settings {
  const settings = new Settings(kept, languages);
  render(Window, { door, settings });
  return settings;
}

/** Types into a field, in the place of what it said. */
export async function fill(label: string, text: string): Promise<HTMLInputElement> {
  const field = await screen.findByLabelText<HTMLInputElement>(label);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
}

/** Presses a button or chooses an option, by what it says. */
export async function press(name: string, role: "button" | "radio" = "button"): Promise<void> {
  (await screen.findByRole(role, { name })).click();
}

/** Opens a menu by the keyboard and takes what is in it by that name. */
export async function take(menu: string, item: string): Promise<void> {
  const button = await screen.findByRole("button", { name: menu });
  button.focus();
  await fireEvent.keyDown(button, { key: "Enter" });
  await fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}
