/** Edits that were made, by the numbers of the markers and characters they touched. */

import type { Amendment, Edit, Formatting, Splice } from "./difference";
import type { Run } from "./identities";

/** What an edit did, by number: what undoing it needs to know. */
export interface Done {
  readonly splices: readonly { readonly splice: Splice; readonly gone: readonly Run[]; readonly born: Run | null }[];
  readonly amendments: readonly { readonly amendment: Amendment; readonly marker: Run }[];
  readonly formats: readonly { readonly format: Formatting; readonly runs: readonly Run[] }[];
}

/** An edit some of whose insertions bring back what was deleted, by the place of the splice among the edit's splices. */
export interface Revival {
  readonly edit: Edit;
  readonly revived: ReadonlyMap<number, Run>;
}
