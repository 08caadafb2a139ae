/** What the app says outside of its window, on a session bus of its own. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { command, Device } from "../journeys/hedgerow";
import { HERE, Screen } from "./screen";

const PATIENCE = 60_000;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function begun(program: string, ...words: readonly string[]): ChildProcess {
  const process = spawn(program, words, { stdio: ["ignore", "pipe", "ignore"] });
  ends.push(() => process.kill());
  return process;
}

const lines = (process: ChildProcess) => {
  if (process.stdout === null) throw new Error("it was begun with a pipe");
  return createInterface(process.stdout);
};

/** A bus on which nobody shows notifications, and what is asked to be shown on it. */
async function bus(): Promise<{ address: string; asked: string[] }> {
  const [address] = (await once(lines(begun("dbus-daemon", "--session", "--nofork", "--print-address=1")), "line")) as [string];
  const asked: string[] = [];
  const heard = lines(begun("dbus-monitor", "--address", address, "interface=org.freedesktop.Notifications,member=Notify"));
  heard.on("line", (line: string) => asked.push(line));
  await once(heard, "line");
  return { address, asked };
}

test("Bo, who does not look, is told that there is something new, and not what", async () => {
  const { address, asked } = await bus();
  const screen = await Screen.begin({ ...HERE, surroundings: { ...HERE.surroundings, DBUS_SESSION_BUS_ADDRESS: address } });
  ends.push(() => { screen.end(); });
  const ada = await Device.of("Ada");
  ends.push(() => ada.end());
  const { id: notebook = "" } = await ada.does("notebook", "new", "Flood rota");
  const { id: page = "" } = await ada.does("page", "new", notebook, "--title", "Night cover");
  const { uri = "" } = await ada.does("invite", notebook, "--role", "writer");

  const his = await mkdtemp(join(tmpdir(), "hedgerow-window-"));
  ends.push(() => rm(his, { recursive: true }));
  await command(his, "init", "--name", "Bo");
  const window = await screen.app(his);
  ends.push(() => window.quit());
  await command(his, "join", uri);
  // Whenever this is told, it is no quiet hour.
  await window.executeScript(`localStorage.setItem("quiet-hours", '{"from":"00:00","to":"00:00","weekends":false}')`);
  await window.navigate().refresh();
  await window.wait(async () => (await window.getPageSource()).includes("Flood rota"), PATIENCE);
  await window.manage().window().minimize().catch(() => undefined);

  await ada.does("page", "edit", page, "--at", "0", "--insert", "Gwen has the keys. ");
  await window.wait(() => asked.some((line) => line.includes("There is something new in “Flood rota”.")), PATIENCE, "nothing was to be shown");
  expect(asked.join("\n")).not.toContain("Gwen");
});
