/** What happened that is told above everything: somebody joined, here or by this device; a page is elsewhere now; a file is saved. */

import type { Role } from "../door/door";

export type Happened =
  /** This device let somebody in; their name comes after them. */
  | { readonly what: "admitted"; readonly person_id: string; readonly name: string | null; readonly notebook: string; readonly title: string; readonly words: readonly string[] }
  /** This device was let in. */
  | { readonly what: "joined"; readonly host: string | null; readonly title: string; readonly role: Role; readonly words: readonly string[] }
  /** A page was moved by this person; the title is the notebook's. */
  | { readonly what: "moved"; readonly page: string; readonly title: string }
  /** A file was saved by the app's shell, at this path; or it could not be. */
  | { readonly what: "saved"; readonly path: string | null };

/** What happened, until the person has put it away. */
export class News {
  all = $state.raw<readonly Happened[]>([]);

  add(happened: Happened): void {
    this.all = [...this.all, happened];
  }

  /** A file was saved at a path, or could not be: the last one is told. */
  saved(path: string | null): void {
    this.all = [...this.all.filter(({ what }) => what !== "saved"), { what: "saved", path }];
  }

  /** The notebooks with a newcomer whose name is not known yet. */
  get nameless(): readonly string[] {
    const notebooks = this.all.flatMap((one) => (one.what === "admitted" && one.name === null ? [one.notebook] : []));
    return notebooks.filter((notebook, at) => notebooks.indexOf(notebook) === at);
  }

  /** What the people of a notebook are called, as far as it is known now. */
  name(notebook: string, people: readonly { readonly person_id: string; readonly name: string | null }[]): void {
    this.all = this.all.map((one) => {
      if (one.what !== "admitted" || one.notebook !== notebook || one.name !== null) return one;
      return { ...one, name: people.find(({ person_id }) => person_id === one.person_id)?.name ?? null };
    });
  }

  putAway(happened: Happened): void {
    this.all = this.all.filter((other) => other !== happened);
  }
}
