import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly dev?: boolean;
  readonly license?: string;
}

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as { packages: Record<string, Locked> };
const OURS = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "OFL-1.1", "CC0-1.0"];

/** Whether one of the licences that may be chosen is among ours. */
const isOurs = (license: string) => license.replace(/[()]/gu, "").split(" OR ").some((one) => OURS.includes(one));

/** What a package says of itself where its manifest is silent. */
function written(path: string): string {
  const file = new URL(`../${path}/LICENSE`, import.meta.url);
  return existsSync(file) && readFileSync(file, "utf8").startsWith("MIT License") ? "MIT" : "none";
}

test("what goes out with the app may go out with it", () => {
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);
  expect(shipped.length).toBeGreaterThan(20);
  for (const [path, { license }] of shipped) expect([path, isOurs(license ?? written(path))]).toEqual([path, true]);
});

test("every version is one version", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Record<string, Record<string, string>>;
  for (const [name, version] of Object.entries({ ...manifest["dependencies"], ...manifest["devDependencies"] })) {
    expect([name, /^\d+\.\d+\.\d+$/.test(version)]).toEqual([name, true]);
  }
});

test("what packs the app is of the version of what shows it", () => {
  const crate = /name = "tauri"\nversion = "(\d+\.\d+)\./.exec(readFileSync(new URL("../../Cargo.lock", import.meta.url), "utf8"))?.[1];
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Record<string, Record<string, string>>;
  for (const version of [manifest["devDependencies"]?.["@tauri-apps/cli"], manifest["dependencies"]?.["@tauri-apps/api"]]) {
    expect(version?.split(".").slice(0, 2).join(".")).toBe(crate);
  }
});
