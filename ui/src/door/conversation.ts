/**
 * What a window and a node say to each other, as texts of JSON: questions by number, their answers, and what the node says
 * without being asked. What carries the texts is the door's business. The words are in the README of the `web` room.
 */

import { unturned } from "../words/turning";
import { Fault, type Code, type Notice, type Requests } from "./door";

interface Waiting {
  readonly done: (reply: unknown) => void;
  readonly failed: (fault: Fault) => void;
}

type Said =
  | { readonly id: number; readonly done: { readonly body: unknown } }
  | { readonly id: number; readonly fault: { readonly code: Code; readonly say: string } }
  | { readonly notice: Notice }
  | { readonly missed: true };

/** What is taken as it is: what somebody wrote, which is shown apart, and bytes. Anything else may come to stand in a sentence of ours. */
const WHOLE = new Set(["text", "document", "whole"]);

export class Conversation {
  private asked = 0;
  private readonly waiting = new Map<number, Waiting>();
  private readonly hearers = new Set<(notice: Notice) => void>();

  /** Asks by `say`, which takes the question to the node. */
  ask<Name extends keyof Requests>(
    name: Name,
    body: Requests[Name]["body"],
    say: (text: string) => void,
  ): Promise<Requests[Name]["reply"]> {
    this.asked += 1;
    const id = this.asked;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done: done as (reply: unknown) => void, failed });
      say(JSON.stringify({ id, ask: { request: name, ...body } }));
    });
  }

  /** Hears what the node says. */
  hear(text: string): void {
    const said = JSON.parse(text, (key, value: unknown) => (typeof value === "string" && !WHOLE.has(key) ? unturned(value) : value)) as Said;
    if ("notice" in said) this.tell(said.notice);
    else if ("missed" in said) this.tell({ notice: "missed" });
    else {
      const waiting = this.waiting.get(said.id);
      this.waiting.delete(said.id);
      if ("done" in said) waiting?.done(said.done.body);
      else waiting?.failed(new Fault(said.fault.code, said.fault.say, "en"));
    }
  }

  /** Nothing that was asked will be answered. */
  breakOff(fault: Fault): void {
    for (const { failed } of this.waiting.values()) failed(fault);
    this.waiting.clear();
  }

  listen(hear: (notice: Notice) => void): () => void {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  }

  tell(notice: Notice): void {
    for (const hear of [...this.hearers]) hear(notice);
  }
}
