/** The real program, as these journeys use it: `HEDGEROW_PROGRAM` says where it lies. */

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const PROGRAM = process.env["HEDGEROW_PROGRAM"] ?? "hedgerow";

interface Ready {
  readonly http: string;
  readonly addresses: readonly string[];
  readonly peer_id: string;
}

/** Somebody's device: a folder of its own, and a node that runs on it. */
export class Device {
  private constructor(
    /** Whose it is, for whoever looks into what went wrong. */
    readonly owner: string,
    private readonly folder: string,
    private node: ChildProcess,
    public ready: Ready,
  ) {}

  /** A device whose person is called so; with `null` it was never used before. */
  static async of(name: string | null, peers: readonly Device[] = []): Promise<Device> {
    const folder = await mkdtemp(join(tmpdir(), "hedgerow-journey-"));
    if (name !== null) await promisify(execFile)(PROGRAM, ["--data", folder, "init", "--name", name], { env: surroundings() });
    const { node, ready } = await started(folder, reaching(peers));
    return new Device(name ?? "somebody", folder, node, ready);
  }

  /** Where others reach it. */
  get address(): string {
    const tcp = this.ready.addresses.find((address) => address.includes("/tcp/")) ?? "";
    return tcp.includes("/p2p/") ? tcp : `${tcp}/p2p/${this.ready.peer_id}`;
  }

  /** Where it listens for others. */
  get listens(): string {
    return this.address.split("/p2p/")[0] ?? "";
  }

  /** A command on its folder; the first line that it prints. */
  async does(...words: string[]): Promise<Readonly<Record<string, string>>> {
    return command(this.folder, ...words);
  }

  /** A command that takes this text, of whatever length, as a file. */
  async gives(text: string, ...words: string[]): Promise<Readonly<Record<string, string>>> {
    const file = join(this.folder, "given.md");
    await writeFile(file, text);
    return this.does(...words, "--file", file);
  }

  /** Its node ends. */
  async stops(): Promise<void> {
    const ended = once(this.node, "exit");
    this.node.kill("SIGTERM");
    await ended;
  }

  /** Its node, which had ended, runs again and reaches these others; elsewhere, or where its window or others knew it. */
  async starts(peers: readonly Device[] = [], at: Partial<Places> = {}): Promise<void> {
    const { node, ready } = await started(this.folder, reaching(peers), at);
    [this.node, this.ready] = [node, ready];
  }

  async end(): Promise<void> {
    if (this.node.exitCode === null) await this.stops();
    await rm(this.folder, { recursive: true });
  }
}

/** What a command on a folder prints first. */
export async function command(folder: string, ...words: string[]): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await promisify(execFile)(PROGRAM, ["--data", folder, "--json", ...words], { env: surroundings() });
  return JSON.parse(stdout.split("\n")[0] ?? "") as Record<string, string>;
}

const reaching = (peers: readonly Device[]) => peers.flatMap((peer) => ["--peer", peer.address]);

/** Where a node is reached: by windows, and by other devices. */
interface Places {
  readonly window: string;
  readonly listen: string;
}
const ANYWHERE: Places = { window: "127.0.0.1:0", listen: "/ip4/127.0.0.1/tcp/0" };

async function started(folder: string, more: readonly string[], at: Partial<Places> = {}): Promise<{ node: ChildProcess; ready: Ready }> {
  const { window, listen } = { ...ANYWHERE, ...at };
  const words = ["--data", folder, "--json", "serve", "--http", window, "--listen", listen, "--no-discovery", ...more];
  const node = spawn(PROGRAM, words, { env: surroundings(), stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(node.stdout), "line")) as [string];
  return { node, ready: JSON.parse(line) as Ready };
}

/** Nothing of whoever runs this: no folder, and no keychain. */
function surroundings(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: tmpdir(), HEDGEROW_KEYS: "file", DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" };
}
