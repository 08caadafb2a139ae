/** Days of the calendar, such as `2027-03-31`, from the first of the year 0 to the last of 9999; no clock and no zone. */

/** A day, written as year, month and date. */
export type Day = string;

/** One day, in milliseconds. */
const DAY = 86_400_000;
const FIRST = numberIn(0, 0, 1);
const LAST = numberIn(9999, 11, 31);

/** Days since the first of 1970; a date beyond the end of its month is one of the next. */
function numberIn(year: number, month: number, date: number): number {
  const time = new Date(0);
  // `Date.UTC` takes the years 0 to 99 for those of the last century.
  time.setUTCFullYear(year, month, date);
  return Math.floor(time.getTime() / DAY);
}

/** The days that are written: any other is refused where it is said, and shown where somebody said it all the same. */
export const FIRST_WRITTEN: Day = "1900-01-01";
export const LAST_WRITTEN: Day = "2199-12-31";

/** Whether a day may be said of an action. */
export function isWritten(day: Day): boolean {
  return dayNumber(day) !== null && FIRST_WRITTEN <= day && day <= LAST_WRITTEN;
}

/** Which day it is, counted from the first of 1970; nothing where what was said is no day of the calendar. */
export function dayNumber(said: string | null): number | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(said ?? "") ?? [];
  if (year === undefined) return null;
  const number = numberIn(Number(year), Number(month) - 1, Number(date));
  return dayOf(number) === said ? number : null;
}

/** The day with this number; the first or the last one where there is none. */
export function dayOf(number: number): Day {
  const time = new Date(Math.min(LAST, Math.max(FIRST, number)) * DAY);
  const digits = (value: number, count: number) => String(value).padStart(count, "0");
  return `${digits(time.getUTCFullYear(), 4)}-${digits(time.getUTCMonth() + 1, 2)}-${digits(time.getUTCDate(), 2)}`;
}

/** So many days later, and no further than days are written; what is no such day stays as it is. */
export function shifted(said: string, by: number): string {
  const number = dayNumber(said);
  if (number === null || !isWritten(said)) return said;
  const day = dayOf(number + by);
  return day < FIRST_WRITTEN ? FIRST_WRITTEN : day > LAST_WRITTEN ? LAST_WRITTEN : day;
}

/** The day that it is where the person is. */
export function todayOf(now: Date): Day {
  return dayOf(numberIn(now.getFullYear(), now.getMonth(), now.getDate()));
}

/** The Monday of a day's week, as a number. */
export function mondayOf(number: number): number {
  return number - (((number + 3) % 7) + 7) % 7;
}

/** A month, counted from that of the year 0. */
export function monthOf(day: Day): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

/** The number of a month's first day. */
export function firstOfMonth(month: number): number {
  return numberIn(Math.floor(month / 12), month % 12, 1);
}
