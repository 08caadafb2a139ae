import * as A from "@automerge/automerge/slim";
import type { PageReplica } from "../../src/editor/page-replica";

/** What the page's document reads, as Automerge says it, for comparing. */
export function spansOf(replica: PageReplica): string {
  const document = A.load<{ body: string }>(replica.bytes());
  return JSON.stringify(A.spans(document, ["body"]), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
