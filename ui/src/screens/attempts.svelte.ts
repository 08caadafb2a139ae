/** What may fail when it is tried: whether it is being done, and why it was not. */

import { Fault } from "../door/door";

export class Attempts {
  /** Why what was tried last was not done. */
  fault = $state.raw<Fault | null>(null);

  /** Does something that may fail. Whether it was done. */
  async try(make: () => Promise<void>): Promise<boolean> {
    if (!this.begins()) return false;
    try {
      await make();
      this.fault = null;
      return true;
    } catch (problem) {
      this.fault = faultIn(problem);
      return false;
    } finally {
      this.ends();
    }
  }

  protected begins(): boolean {
    return true;
  }

  protected ends(): void {
    return;
  }
}

/** Once at a time: a button that is pressed twice does it once. */
export class OneAttempt extends Attempts {
  busy = $state(false);

  protected override begins(): boolean {
    if (this.busy) return false;
    [this.busy, this.fault] = [true, null];
    return true;
  }

  protected override ends(): void {
    this.busy = false;
  }
}

/** What went wrong, as a fault. */
export function faultIn(problem: unknown): Fault {
  return problem instanceof Fault ? problem : new Fault("failed", problem instanceof Error ? problem.message : String(problem));
}
