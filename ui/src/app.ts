/** Opens a window on a node: what the desktop's shell and the local web page call, each with its own door. */

import { initializeWasm } from "@automerge/automerge/slim";
import wasm from "@automerge/automerge/automerge.wasm?url";
import "@fontsource-variable/atkinson-hyperlegible-next";
import "@fontsource-variable/atkinson-hyperlegible-next/wght-italic.css";
import "@fontsource-variable/literata";
import "@fontsource-variable/literata/wght-italic.css";
import { mount } from "svelte";
import "./base.css";
import type { Door } from "./door/door";
import Window from "./screens/Window.svelte";
import { Settings } from "./words/settings.svelte";

export async function openWindow(target: HTMLElement, door: Door): Promise<void> {
  await initializeWasm(wasm);
  mount(Window, { target, props: { door, settings: new Settings(localStorage, navigator.languages) } });
}
