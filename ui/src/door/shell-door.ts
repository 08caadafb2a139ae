/**
 * The door of the app's own window, whose shell has the node in its process: the same texts as over a WebSocket, on a
 * channel. What crosses besides, `{"shell":..}`, is what the shell itself has to say.
 */

import { Channel, invoke } from "@tauri-apps/api/core";
import { Conversation } from "./conversation";
import { Fault, type Code, type Door, type Notice, type OpenPage, type PageHearer, type Requests } from "./door";
import { LentPage } from "./lent-page";
import type { Shell, ShellWord, ShellWords } from "./shell";

export class ShellDoor implements Door {
  readonly shell = new TauriShell();
  private begun: Promise<void> | null = null;
  private readonly conversation = new Conversation();

  async ask<Name extends keyof Requests>(name: Name, body: Requests[Name]["body"]): Promise<Requests[Name]["reply"]> {
    await this.opened();
    return this.conversation.ask(name, body, (text) => {
      invoke("say", { text }).catch((problem: unknown) => { this.conversation.breakOff(faultOf(problem)); });
    });
  }

  listen(hear: (notice: Notice) => void): () => void {
    return this.conversation.listen(hear);
  }

  async open(page: string, hearer: PageHearer): Promise<OpenPage> {
    const opened = await this.ask("open_page", { page });
    return new LentPage(this, opened, hearer);
  }

  /** Begins the conversation when something is asked for the first time, and again where it could not be begun. */
  private async opened(): Promise<void> {
    this.begun ??= this.begin();
    try {
      await this.begun;
    } catch (problem) {
      this.begun = null;
      throw faultOf(problem);
    }
  }

  private begin(): Promise<void> {
    const hears = new Channel<string>((text) => {
      const word = this.shell.wordIn(text);
      if (word === null) this.conversation.hear(text);
      else this.shell.hear(word);
    });
    return invoke("converse", { hears });
  }
}

/** The shell, as Tauri has it. */
class TauriShell implements Shell {
  private readonly hearers = new Set<(word: ShellWord) => void>();
  /** Links that the app was started with, before anybody listened. */
  private unheard: ShellWord[] = [];

  describe(words: ShellWords): void {
    // A desktop without menus or a tray has a window all the same.
    invoke("describe", { words }).catch(() => undefined);
  }

  listen(hear: (word: ShellWord) => void): () => void {
    this.hearers.add(hear);
    for (const word of this.unheard.splice(0)) hear(word);
    return () => this.hearers.delete(hear);
  }

  stand(standing: string): void {
    invoke("stand", { standing }).catch(() => undefined);
  }

  notify(line: string): void {
    // A system that shows nothing is as in quiet hours.
    invoke("notify", { line }).catch(() => undefined);
  }

  leave(isSaved: boolean): void {
    // The shell ends the app, also where it did not hear this.
    invoke("leave", { isSaved }).catch(() => undefined);
  }

  hear(word: ShellWord): void {
    if (this.hearers.size === 0) this.unheard.push(word);
    for (const hear of [...this.hearers]) hear(word);
  }

  /** What the shell says in a text, if it is the shell that says it. */
  wordIn(text: string): ShellWord | null {
    if (!text.startsWith('{"shell":')) return null;
    return (JSON.parse(text) as { readonly shell: ShellWord }).shell;
  }
}

/** What a command of the shell fails with: a node's fault, or the text of something that should not be. */
function faultOf(problem: unknown): Fault {
  if (problem instanceof Fault) return problem;
  if (typeof problem === "object" && problem !== null && "code" in problem && "say" in problem) {
    return new Fault(problem.code as Code, String(problem.say), "en");
  }
  return new Fault("failed", String(problem), "en");
}
