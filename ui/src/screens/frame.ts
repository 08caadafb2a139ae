/** A window that is not seen draws nothing: then nobody waits for it longer than this, in milliseconds. */
const UNSEEN = 100;

/** What was set is drawn, or would be if anybody saw it: for before something that keeps the window busy. */
export function isDrawn(): Promise<void> {
  return new Promise((drawn) => {
    setTimeout(drawn, UNSEEN);
    // A frame is drawn after what is called before it.
    requestAnimationFrame(() => setTimeout(drawn));
  });
}
