/** Who is at this window, as the others see them. */

import type { Door, Identity, SetProfile } from "../door/door";

export class Me {
  identity = $state.raw<Identity | null>(null);
  readonly id = $derived(this.identity?.person_id ?? null);
  /** Whether others have something to call them by. */
  readonly hasName = $derived((this.identity?.name ?? "") !== "");

  constructor(private readonly door: Door) {}

  async read(): Promise<void> {
    this.identity = await this.door.ask("whoami", {});
  }

  /** Says who they are, in every notebook. */
  async introduce(profile: SetProfile): Promise<void> {
    this.identity = await this.door.ask("set_profile", profile);
  }
}
