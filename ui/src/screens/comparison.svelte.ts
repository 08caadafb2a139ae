/** What the version on the screen is compared with: nothing, the version before, the page now, or any other version. */

import type { Door, Fault, PageView, VersionLine } from "../door/door";
import { faultIn } from "./attempts.svelte";

export type Against = "nothing" | "before" | "now" | "other";

export class Comparison {
  against = $state<Against>("nothing");
  /** The other version; none while it is still to be chosen, and for the page now. */
  line = $state.raw<VersionLine | null>(null);
  /** The page as it was in the other version. */
  view = $state.raw<PageView | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** Whether the next version that is chosen from the list is the one to compare with. */
  readonly picks = $derived(this.against === "other" && this.line === null);

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly page: string,
  ) {}

  async with(against: Against, line: VersionLine | null): Promise<void> {
    [this.against, this.line, this.view, this.fault] = [against, line, null, null];
    await this.open();
  }

  /** Asks for the other version, again where it failed or where the page has changed. */
  async open(): Promise<void> {
    const { against, line } = this;
    if (against === "nothing" || this.picks) return;
    const isStill = () => this.against === against && this.line === line;
    try {
      const view = await this.door.ask("show_page", { page: this.page, at: line?.version ?? null });
      if (isStill()) [this.view, this.fault] = [view, null];
    } catch (problem) {
      if (isStill()) this.fault = faultIn(problem);
    }
  }

  end(): void {
    [this.against, this.line, this.view, this.fault] = ["nothing", null, null, null];
  }
}
