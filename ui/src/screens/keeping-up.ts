/** Reads something at once, and again whenever the node says that it may be different. */

import type { Door, Notice } from "../door/door";

/** While much happens it is read again after so many milliseconds at the earliest. Gives the way to stop. */
export function keepUp(door: Pick<Door, "listen">, concerns: (notice: Notice) => boolean, read: () => Promise<void>, rest: number): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const stop = door.listen((notice) => {
    if (!concerns(notice)) return;
    soon ??= setTimeout(() => {
      soon = undefined;
      void read();
    }, rest);
  });
  void read();
  return () => {
    stop();
    clearTimeout(soon);
  };
}
