/** As much of layout as long rows are drawn by, in jsdom: what scrolls them is 500 px high, and a row 50. */

import { tick } from "svelte";
import { vi } from "vitest";

const HEIGHT = 50;
const SEEN = 500;

export function rowsInSight(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly tell: (seen: { target: Element; contentRect: { width: number; height: number } }[]) => void) {}
      observe = (target: Element) => {
        const height = target.hasAttribute("data-row") ? HEIGHT : SEEN;
        void tick().then(() => { this.tell([{ target, contentRect: { width: 300, height } }]); });
      };
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(document.body);
  Element.prototype.scrollTo = () => undefined;
}
