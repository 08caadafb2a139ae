/** Opens a window on a node: what the desktop's shell and the local web page call, each with its own door. */

import wasm from "@automerge/automerge/automerge.wasm?url";
import "@fontsource-variable/atkinson-hyperlegible-next";
import "@fontsource-variable/atkinson-hyperlegible-next/wght-italic.css";
import "@fontsource-variable/literata";
import "@fontsource-variable/literata/wght-italic.css";
import { mount } from "svelte";
import "./base.css";
import type { Door } from "./door/door";
import type { Shell } from "./door/shell";
import { fetchAutomerge } from "./editor/automerge";
import Window from "./screens/Window.svelte";
import { Settings } from "./words/settings.svelte";

/** Shows the window in `target`. Where it is the app's own it has a shell around it. */
export function openWindow(target: HTMLElement, door: Door, shell: Shell | null = null): void {
  fetchAutomerge(wasm);
  mount(Window, { target, props: { door, shell, settings: new Settings(localStorage, navigator.languages) } });
}
