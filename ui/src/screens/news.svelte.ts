/** What happened that both sides may want to make sure of: somebody joined, here or by this device. */

import type { Role } from "../door/door";

export type Happened =
  /** This device let somebody in. */
  | { readonly what: "admitted"; readonly person: string | null; readonly title: string; readonly words: readonly string[] }
  /** This device was let in. */
  | { readonly what: "joined"; readonly host: string | null; readonly title: string; readonly role: Role; readonly words: readonly string[] };

/** What happened, until the person has put it away. */
export class News {
  all = $state.raw<readonly Happened[]>([]);

  add(happened: Happened): void {
    this.all = [...this.all, happened];
  }

  putAway(happened: Happened): void {
    this.all = this.all.filter((other) => other !== happened);
  }
}
