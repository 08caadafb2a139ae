/** What somebody says of themselves before they meet others: asked once, when it is needed for the first time. */

import type { Fault } from "../door/door";
import type { Me } from "./me.svelte";
import { faultIn } from "./attempts.svelte";

export class Introduction {
  name = $state("");
  organisation = $state("");
  sector = $state("");
  job = $state("");
  place = $state("");
  /** Whether there is no name yet, and one was tried to do without. */
  isNameless = $state(false);
  fault = $state.raw<Fault | null>(null);

  constructor(private readonly me: Me) {
    const { identity } = me;
    this.organisation = identity?.organisation ?? "";
    this.sector = identity?.sector ?? "";
    this.job = identity?.job ?? "";
    this.place = identity?.places[0] ?? "";
  }

  /** Whether it is said, and kept. */
  async say(): Promise<boolean> {
    this.fault = null;
    this.isNameless = this.name.trim() === "";
    if (this.isNameless) return false;
    const { name, organisation, sector, job, place } = this;
    try {
      await this.me.introduce({ name, organisation, sector, job, level: null, places: place.trim() === "" ? null : [place] });
      return true;
    } catch (problem) {
      this.fault = faultIn(problem);
      return false;
    }
  }
}
