/**
 * Pages that this device keeps within reach: pinned ones, and those that were opened last. Only where they are is kept, on this
 * device; what they are called is the node's to say.
 */

import type { PagePlace } from "./first-minute";

/** What a window remembers from one start to the next. */
export interface Memory {
  lastPage: PagePlace | null;
  pinned: readonly PagePlace[];
  recent: readonly PagePlace[];
}

/** So many pages are kept of those that were opened. */
const RECENT = 8;

export class KeptPlaces {
  pinned = $state.raw<readonly PagePlace[]>([]);
  /** The latest first. */
  recent = $state.raw<readonly PagePlace[]>([]);

  constructor(private readonly memory: Memory) {
    [this.pinned, this.recent] = [memory.pinned, memory.recent];
  }

  /** The page that was open last. */
  get last(): PagePlace | null {
    return this.memory.lastPage;
  }

  /** A page was opened. */
  opened(place: PagePlace): void {
    this.memory.lastPage = place;
    this.keep(this.pinned, [place, ...without(this.recent, place.page)].slice(0, RECENT));
  }

  isPinned(page: string): boolean {
    return this.pinned.some((one) => one.page === page);
  }

  pin(place: PagePlace): void {
    this.keep([...without(this.pinned, place.page), place], this.recent);
  }

  unpin(page: string): void {
    this.keep(without(this.pinned, page), this.recent);
  }

  /** A page began again elsewhere: if it was pinned, it is pinned there. */
  moved(from: string, to: PagePlace): void {
    const there = (places: readonly PagePlace[]) => places.map((one) => (one.page === from ? to : one));
    this.keep(there(this.pinned), there(without(this.recent, to.page)));
  }

  private keep(pinned: readonly PagePlace[], recent: readonly PagePlace[]): void {
    [this.pinned, this.recent] = [pinned, recent];
    [this.memory.pinned, this.memory.recent] = [pinned, recent];
  }
}

function without(places: readonly PagePlace[], page: string): PagePlace[] {
  return places.filter((one) => one.page !== page);
}
