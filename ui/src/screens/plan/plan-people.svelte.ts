/** The people of a plan by name: whoever is in the notebook, and those who have left it and still own something. */

import type { Door, LineOfEditing, MemberLine, PageLine } from "../../door/door";
import { m } from "../../paraglide/messages.js";

/** What is known of the people of the notebook. */
interface Around {
  readonly members: readonly MemberLine[] | null;
  readonly pages: readonly PageLine[] | null;
}

export class PlanPeople {
  /** Who wrote on this page. */
  private authors = $state.raw<readonly LineOfEditing[]>([]);
  private asked = false;

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly page: string,
    private readonly around: () => Around,
  ) {}

  /** Who can be chosen, each as they are told apart. */
  readonly choices = $derived.by(() => (this.around().members ?? []).map((member) => ({ id: member.person_id, name: this.told(member) })));

  /** The organisations of the people of the notebook, by name. */
  readonly organisations = $derived.by(() => {
    const named = (this.around().members ?? []).flatMap(({ organisation }) => organisation ?? []);
    return named.filter((one, at) => named.indexOf(one) === at).sort((one, other) => one.localeCompare(other));
  });

  /** What somebody is called; of whoever has left it is said that they have. */
  name(id: string): string {
    const member = this.around().members?.find(({ person_id }) => person_id === id);
    if (member !== undefined) return member.you ? m.plan_you({ name: member.name ?? m.people_unnamed() }) : (member.name ?? m.people_unnamed());
    // Before it is known who is in it nobody has left.
    if (this.around().members === null) return "";
    void this.ask();
    const name = this.written(id);
    return name === null ? m.plan_left_unnamed() : m.plan_has_left({ name });
  }

  /** Names alone do not tell two of the same name apart. */
  private told({ person_id, name, organisation, you }: MemberLine): string {
    const called = name ?? m.people_unnamed();
    const isAlone = this.around().members?.every((other) => other.person_id === person_id || other.name !== name) ?? true;
    const full = isAlone || organisation === null ? called : `${called}, ${organisation}`;
    return you ? m.plan_you({ name: full }) : full;
  }

  /** What somebody was called when they wrote here or on another page of the notebook. */
  private written(id: string): string | null {
    const author = this.authors.find((line) => line.author_id === id)?.author;
    if (author !== undefined && author !== null && author !== id) return author;
    for (const page of this.around().pages ?? []) {
      const at = page.author_ids.indexOf(id);
      const name = page.authors[at];
      if (at >= 0 && name !== undefined && name !== id) return name;
    }
    return null;
  }

  /** Asked only where somebody has left; where it cannot be told they are somebody who has. */
  private async ask(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    this.authors = await this.door.ask("page_authors", { page: this.page }).catch(() => []);
  }
}
