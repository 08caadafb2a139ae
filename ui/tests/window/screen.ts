/** A screen that nobody sees, a driver for windows on it, and the app. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { Builder, Capabilities, type WebDriver } from "selenium-webdriver";

/** Where the app is: how a program is started there, and what it finds around it. */
export interface Machine {
  readonly app: string;
  readonly within: readonly string[];
  readonly surroundings: NodeJS.ProcessEnv;
}

/** The app that was built here: `HEDGEROW_APP` says where it lies. Nothing of whoever runs this: no folder, no keychain, no
 * other window of theirs. */
export const HERE: Machine = {
  app: process.env["HEDGEROW_APP"] ?? "hedgerow-app",
  within: [],
  surroundings: {
    PATH: process.env["PATH"],
    HOME: tmpdir(),
    LANG: "en_GB.UTF-8",
    HEDGEROW_KEYS: "file",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus",
  },
};

export class Screen {
  private constructor(
    private readonly processes: readonly ChildProcess[],
    private readonly driver: string,
    private readonly machine: Machine,
    /** What a program finds around it that is to show something here. */
    readonly surroundings: NodeJS.ProcessEnv,
  ) {}

  static async begin(machine: Machine = HERE): Promise<Screen> {
    const xvfb = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
    const [display] = (await once(createInterface(xvfb.stdout), "line")) as [string];
    const port = await freePort();
    const env = { ...machine.surroundings, ...onScreen(display) };
    const [program = "", ...words] = [...machine.within, "WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"];
    const driver = spawn(program, words, { env, stdio: "ignore" });
    const screen = new Screen([driver, xvfb], `http://127.0.0.1:${port}`, machine, env);
    await screen.isReady();
    return screen;
  }

  /** The app's window on somebody's folder. Ending the session ends the app. */
  async app(folder: string, ...more: readonly string[]): Promise<WebDriver> {
    return this.started("--data", folder, ...more);
  }

  /** The app's window, on the folder that it finds by itself. */
  async started(...more: readonly string[]): Promise<WebDriver> {
    const args = ["--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery", ...more];
    const wanted = new Capabilities({ browserName: "wry", "webkitgtk:browserOptions": { binary: this.machine.app, args } });
    return new Builder().usingServer(this.driver).withCapabilities(wanted).build();
  }

  end(): void {
    for (const process of this.processes) process.kill();
  }

  private async isReady(): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.driver}/status`).catch(() => null);
      if (answer?.ok === true) return;
      await new Promise((later) => setTimeout(later, 50));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a port of this machine has a number");
  return address.port;
}

function onScreen(display: string): NodeJS.ProcessEnv {
  return {
    DISPLAY: `:${display}`,
    // Without it a window that is not driven by its own program keeps the driver waiting.
    TAURI_WEBVIEW_AUTOMATION: "true",
    // There is no graphics card on a screen that nobody sees.
    WEBKIT_DISABLE_DMABUF_RENDERER: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
  };
}
