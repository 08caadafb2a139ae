/** What can be done about the people of the notebook that is chosen, and about the links to it. */

import type { Invited, Role } from "../door/door";
import { OneAttempt } from "./attempts.svelte";
import type { Work } from "./work.svelte";

export class People extends OneAttempt {
  constructor(private readonly work: Work) {
    super();
  }

  /** Gives somebody a role; whoever waited for an admin is let in by it. */
  setRole(person: string, role: Role): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("set_role", { notebook, person, role });
    });
  }

  remove(person: string): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("remove_member", { notebook, person });
    });
  }

  handOver(person: string): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("hand_over", { notebook, person });
    });
  }

  leave(): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("leave_notebook", { notebook });
    });
  }

  /** Erases the copy of a notebook that this person is out of. */
  erase(): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("delete_notebook", { notebook });
    });
  }

  closeInvitation(invitation: string): Promise<boolean> {
    return this.do(async () => {
      await this.work.door.ask("revoke_invitation", { invitation });
    });
  }

  /** Makes a link; `null` where it was not made. */
  async invite(role: Role, uses: number, days: number): Promise<Invited | null> {
    let made: Invited | null = null;
    await this.do(async (notebook) => {
      made = await this.work.door.ask("invite", { notebook, role, uses, expires_seconds: days * 86_400 });
    });
    return made;
  }

  private async do(make: (notebook: string) => Promise<void>): Promise<boolean> {
    const notebook = this.work.chosen;
    if (notebook === null || !(await this.try(() => make(notebook)))) return false;
    await this.work.readAgain();
    return true;
  }
}
