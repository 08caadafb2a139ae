/** A machine on which the app is installed: `HEDGEROW_WITHIN` are the words that start a program there, as the person whose
 * home `HEDGEROW_HOME` is. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Screen, type Machine } from "../window/screen";

const WITHIN = JSON.parse(process.env["HEDGEROW_WITHIN"] ?? "[]") as readonly string[];
const BUS = "unix:path=/tmp/hedgerow-bus";

const machine: Machine = {
  app: "/usr/bin/hedgerow-app",
  within: WITHIN,
  surroundings: {
    PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    HOME: process.env["HEDGEROW_HOME"],
    LANG: "C.UTF-8",
    DBUS_SESSION_BUS_ADDRESS: BUS,
  },
};

/** Somebody who is logged in there, at a screen that nobody sees. */
export class Session {
  private constructor(
    private readonly bus: ChildProcess,
    readonly screen: Screen,
  ) {}

  static async begin(): Promise<Session> {
    const [program = "", ...words] = [...WITHIN, "dbus-daemon", "--session", "--nofork", `--address=${BUS}`, "--print-address"];
    const bus = spawn(program, words, { env: machine.surroundings, stdio: ["ignore", "pipe", "inherit"] });
    await once(createInterface(bus.stdout), "line");
    return new Session(bus, await Screen.begin(machine));
  }

  /** Starts a program there, in sight of the screen; what it prints. */
  async runs(...words: readonly string[]): Promise<string> {
    const [program = "", ...rest] = [...WITHIN, ...words];
    const { stdout } = await promisify(execFile)(program, rest, { env: this.screen.surroundings });
    return stdout.trim();
  }

  end(): void {
    this.screen.end();
    this.bus.kill();
  }
}
