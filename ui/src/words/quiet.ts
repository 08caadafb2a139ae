/** When the app keeps quiet: it shows nothing outside of its window then. */

export interface QuietHours {
  /** Times of day, as `19:00`; where the first is later, they go over midnight. Where both are the same there are none. */
  readonly from: string;
  readonly to: string;
  /** Whether Saturday and Sunday are quiet all day. */
  readonly weekends: boolean;
}

/** When work is over, mostly. */
export const EVENINGS: QuietHours = { from: "19:00", to: "08:00", weekends: true };

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export function isTime(text: string): boolean {
  return TIME.test(text);
}

/** Whether it is quiet at a moment, by the clock of whoever looks at it. */
export function isQuiet({ from, to, weekends }: QuietHours, now: Date): boolean {
  if (weekends && [0, 6].includes(now.getDay())) return true;
  const time = `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`;
  return from <= to ? from <= time && time < to : from <= time || time < to;
}

/** What was kept; what is no time, nobody knows from when, is as at the beginning. */
export function quietHoursIn(kept: string | null): QuietHours {
  try {
    const { from, to, weekends } = JSON.parse(kept ?? "{}") as Record<string, unknown>;
    if (typeof from === "string" && typeof to === "string" && isTime(from) && isTime(to)) return { from, to, weekends: weekends !== false };
  } catch {
    // As at the beginning.
  }
  return EVENINGS;
}
