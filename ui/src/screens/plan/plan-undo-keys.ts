/** The keys that undo and do again, anywhere in a plan: a field's own undo would take what others typed with it. */

import { deedOf, PLAN_KEYS } from "../window-keys";
import type { PlanOnScreen } from "./plan-on-screen.svelte";

/** Acts on a key that undoes or does again. */
export function planKeys(event: KeyboardEvent, plan: PlanOnScreen): void {
  const deed = deedOf(event, PLAN_KEYS);
  if (deed !== "undo" && deed !== "redo") return;
  event.preventDefault();
  if (deed === "undo") plan.undo();
  else plan.redo();
}
