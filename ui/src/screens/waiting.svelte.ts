/** How it stands with a notebook: read when it is looked at, and again whenever the node says that something happened. */

import type { Door, Fault, Notice, NotebookView, Status } from "../door/door";
import { faultIn } from "./attempts.svelte";
import { keepUp } from "./keeping-up";

/** While much happens, it is read again after so many milliseconds at the earliest. */
const READ_AGAIN = 500;

export class Waiting {
  view = $state.raw<NotebookView | null>(null);
  status = $state.raw<Status | null>(null);
  /** Why it could not be read; what was read before stays. */
  fault = $state.raw<Fault | null>(null);

  constructor(
    private readonly door: Pick<Door, "ask" | "listen">,
    private readonly notebook: string,
  ) {}

  /** Reads, and keeps up until the given way to stop is used. */
  begin(): () => void {
    return keepUp(this.door, (notice) => this.concerns(notice), () => this.read(), READ_AGAIN);
  }

  async read(): Promise<void> {
    try {
      const [view, status] = await Promise.all([this.door.ask("show_notebook", { notebook: this.notebook }), this.door.ask("get_status", {})]);
      [this.view, this.status, this.fault] = [view, status, null];
    } catch (problem) {
      this.fault = faultIn(problem);
    }
  }

  /** Why a person's devices could not be reached when they were tried last, in the node's words. */
  troubles(person: string): string[] {
    const tried = this.status?.peers.filter(({ person_id, connected }) => person_id === person && !connected) ?? [];
    const troubles = tried.flatMap(({ trouble }) => trouble ?? []);
    return troubles.filter((trouble, at) => troubles.indexOf(trouble) === at);
  }

  private concerns(notice: Notice): boolean {
    return notice.notice !== "present" && (!("notebook_id" in notice) || notice.notebook_id === this.notebook);
  }
}
