/**
 * Dragging an action to another place: with a mouse from anywhere on it, with a finger from its grip, so that a finger still
 * scrolls. Whoever does not drag has keys and buttons for the same.
 */

import type { Attachment } from "svelte/attachments";

/** Where it would go: beside an action, or into a zone where there is none. */
export interface DropPlace {
  readonly zone: string;
  readonly beside: string | null;
  readonly isAfter: boolean;
}

/** So far a pointer moves before it drags, in pixels. */
const BEGINS = 6;
/** So near the edge of what scrolls it is scrolled, and by so much a frame, in pixels. */
const EDGE = 56;
const SPEED = 12;
/** What has a use of its own for a pointer. */
const OWN = "input, textarea, select, [role=menuitem]";

export class Dragging {
  /** What is dragged. */
  id = $state<string | null>(null);
  place = $state.raw<DropPlace | null>(null);
  /** How far it was dragged, in pixels. */
  by = $state.raw({ x: 0, y: 0 });
  private from = { x: 0, y: 0 };
  private now = { x: 0, y: 0 };

  constructor(private readonly drop: (id: string, place: DropPlace) => void) {}

  /** Whether an action is to show that something would stand before or after it. */
  mark(id: string): "before" | "after" | undefined {
    if (this.place?.beside !== id || this.id === id) return undefined;
    return this.place.isAfter ? "after" : "before";
  }

  /** What can be dragged lies in this: `data-action` on each, `data-zone` on what holds them. */
  readonly ground: Attachment<HTMLElement> = (ground) => {
    const down = (event: PointerEvent) => { this.press(event, ground); };
    ground.addEventListener("pointerdown", down);
    return () => { ground.removeEventListener("pointerdown", down); };
  };

  private press(event: PointerEvent, ground: HTMLElement): void {
    const target = event.target instanceof Element ? event.target : null;
    const grip = target?.closest("[data-grip]") ?? null;
    const id = target?.closest<HTMLElement>("[data-action]")?.dataset["action"];
    if (id === undefined || event.button !== 0 || (grip === null && (event.pointerType !== "mouse" || target?.closest(OWN) !== null))) return;
    this.from = { x: event.clientX, y: event.clientY };
    const ends = new AbortController();
    const { signal } = ends;
    const isThis = (other: PointerEvent) => other.pointerId === event.pointerId;
    window.addEventListener("pointermove", (move) => { if (isThis(move)) this.move(move, id, ground); }, { signal });
    window.addEventListener("pointerup", (up) => { if (isThis(up)) { ends.abort(); this.let(id); } }, { signal });
    window.addEventListener("pointercancel", (cancel) => { if (isThis(cancel)) { ends.abort(); this.end(); } }, { signal });
    window.addEventListener("keydown", (key) => { if (key.key === "Escape" && this.id !== null) { key.preventDefault(); key.stopPropagation(); ends.abort(); this.end(); } }, { signal, capture: true });
  }

  private move({ clientX: x, clientY: y }: PointerEvent, id: string, ground: HTMLElement): void {
    this.now = { x, y };
    if (this.id === null) {
      if (Math.hypot(x - this.from.x, y - this.from.y) < BEGINS) return;
      this.id = id;
      getSelection()?.removeAllRanges();
      this.scroll(ground);
    }
    this.by = { x: x - this.from.x, y: y - this.from.y };
    this.place = this.placeAt(x, y, ground) ?? this.place;
  }

  private placeAt(x: number, y: number, ground: HTMLElement): DropPlace | null {
    const under = document.elementsFromPoint(x, y).filter((element) => ground.contains(element));
    const zone = under.map((element) => element.closest<HTMLElement>("[data-zone]")).find((found) => found !== null)?.dataset["zone"];
    if (zone === undefined) return null;
    const beside = under.map((element) => element.closest<HTMLElement>("[data-action]")).find((found) => found != null && found.dataset["action"] !== this.id);
    if (beside == null) return { zone, beside: null, isAfter: false };
    const { top, height } = beside.getBoundingClientRect();
    return { zone, beside: beside.dataset["action"] ?? null, isAfter: y > top + height / 2 };
  }

  private let(id: string): void {
    const { place } = this;
    if (this.id !== null && place !== null) {
      // What is let go of is not pressed; the click for that comes now, or not at all.
      const press = (click: MouseEvent) => { click.stopPropagation(); click.preventDefault(); };
      window.addEventListener("click", press, { capture: true });
      setTimeout(() => { window.removeEventListener("click", press, { capture: true }); });
      this.drop(id, place);
    }
    this.end();
  }

  private end(): void {
    [this.id, this.place, this.by] = [null, null, { x: 0, y: 0 }];
  }

  /** As long as it is held near the edge of what scrolls. */
  private scroll(ground: HTMLElement): void {
    let around: HTMLElement = ground;
    while (around.parentElement !== null && !["auto", "scroll"].includes(getComputedStyle(around).overflowY)) around = around.parentElement;
    const frame = () => {
      if (this.id === null) return;
      const { top, bottom } = around.getBoundingClientRect();
      if (this.now.y < top + EDGE) around.scrollTop -= SPEED;
      if (this.now.y > bottom - EDGE) around.scrollTop += SPEED;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
}
