/** Keys as they are printed on a keyboard. Welsh keyboards have the English ones. */

import { m } from "../paraglide/messages.js";

const MODIFIERS = ["Mod", "Alt", "Shift"];
const PRINTED: Readonly<Record<string, string>> = { Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→" };

/** Whether this machine has a Cmd key. */
export function isMac(): boolean {
  return /Mac|iP(hone|[oa]d)/.test(navigator.platform);
}

/** The keys that are pressed together, such as `Shift-Mod-z`, in the order that they are said in: Ctrl, Shift, Z. */
export function keyNames(keys: string): string[] {
  const parts = keys.split("-");
  const held = MODIFIERS.filter((modifier) => parts.includes(modifier));
  const last = parts.filter((part) => !MODIFIERS.includes(part));
  return [...held, ...last].map(keyName);
}

function keyName(key: string): string {
  if (key === "click") return m.key_click();
  if (key === "Mod") return isMac() ? "Cmd" : "Ctrl";
  if (key === "Alt" && isMac()) return "Option";
  return PRINTED[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
