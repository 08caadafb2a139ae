/** Automerge's code, which is larger than all else: it comes while the window is drawn, and only what writes waits for it. */

import { initializeWasm } from "@automerge/automerge/slim";

let fetching: () => Promise<void> = () => Promise.resolve();
let coming: Promise<void> | null = null;

/** Begins to fetch it from this address. */
export function fetchAutomerge(address: string): void {
  fetching = () => initializeWasm(address);
  // Whoever waits for it is told; nobody may be.
  automergeIsHere().catch(() => undefined);
}

/** It is there; fetched again where that failed before. */
export function automergeIsHere(): Promise<void> {
  coming ??= fetching().catch((problem: unknown) => {
    coming = null;
    throw problem;
  });
  return coming;
}
