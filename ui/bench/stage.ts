/** What rows are played on: people with nodes, a browser, and a page of the bare editor. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initializeWasm } from "@automerge/automerge/slim";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { build } from "vite";
import type { Block } from "../src/editor/blocks";
import { Device } from "../tests/journeys/hedgerow";
import { doorTo, Peer } from "./peer";

export class Stage {
  private readonly devices: Device[] = [];
  private readonly endings: (() => Promise<unknown>)[] = [];

  private constructor(readonly browser: Browser) {}

  static async set(): Promise<Stage> {
    await initializeWasm(await readFile(createRequire(import.meta.url).resolve("@automerge/automerge/automerge.wasm")));
    return new Stage(await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }));
  }

  /** Somebody with a node that reaches these others. */
  async person(name: string, peers: readonly Device[] = []): Promise<Device> {
    const device = await Device.of(name, peers);
    this.devices.push(device);
    return device;
  }

  /** A notebook of theirs. */
  async notebook(device: Device, title: string): Promise<string> {
    const { id = "" } = await doorTo(device).ask("new_notebook", { title, challenge: null });
    return id;
  }

  /** A page in it that reads so; whoever wrote it has it open still. */
  async page(device: Device, notebook: string, title: string, blocks: readonly Block[]): Promise<Peer> {
    const door = doorTo(device);
    const { id } = await door.ask("new_page", { notebook, title, template: null, markdown: null });
    const peer = await Peer.at(door, id, 1);
    await peer.writes(blocks);
    return peer;
  }

  async context(): Promise<BrowserContext> {
    return this.browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
  }

  /** A page of the bare editor that reads so. */
  async bare(blocks: readonly Block[]): Promise<Page> {
    const folder = await mkdtemp(join(tmpdir(), "hedgerow-bench-"));
    this.endings.push(() => rm(folder, { recursive: true }));
    await build({
      root: fileURLToPath(new URL("bare", import.meta.url)),
      configFile: false,
      logLevel: "warn",
      build: { target: "es2022", outDir: folder, emptyOutDir: true },
    });
    const server = await serving(folder);
    this.endings.push(() => new Promise((ended) => server.close(ended)));
    const page = await (await this.context()).newPage();
    const address = server.address();
    await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/index.html`);
    await page.evaluate((text) => { (globalThis as unknown as { show: (text: readonly string[]) => void }).show(text); }, blocks.map(({ text }) => text));
    return page;
  }

  async end(): Promise<void> {
    await this.browser.close();
    for (const device of this.devices) await device.end();
    for (const ending of this.endings) await ending();
  }
}

const KINDS: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** A server of the files in a folder. */
async function serving(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://here").pathname;
    readFile(join(folder, name)).then(
      (bytes) => response.writeHead(200, { "content-type": KINDS[extname(name)] ?? "" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}
