/**
 * Times as people say them: today by the hour, this week by the day, else by the date. The names are written here: the
 * browsers that this runs in mostly know no Welsh, and say so by answering in English.
 */

import { capital } from "./roles";

interface Names {
  readonly days: readonly string[];
  readonly months: readonly string[];
  readonly wholeMonths: readonly string[];
  readonly today: string;
  readonly yesterday: string;
}

const ENGLISH: Names = {
  days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  wholeMonths: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
  today: "Today",
  yesterday: "Yesterday",
};

const WELSH: Names = {
  days: ["dydd Sul", "dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn"],
  months: ["Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"],
  wholeMonths: ["Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"],
  today: "Heddiw",
  yesterday: "Ddoe",
};

const DAY = 86_400_000;

export function spokenTime(when: string, now: Date, locale: string): string {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  const names = namesIn(locale);
  const days = Math.round((midnight(now) - midnight(time)) / DAY);
  if (days === 0) return spokenClock(when);
  if (days > 0 && days < 7) return names.days[time.getDay()] ?? when;
  return `${time.getDate()} ${names.months[time.getMonth()] ?? ""} ${time.getFullYear()}`;
}

/** A day of the calendar, such as `2027-03-31`, wherever people are. */
export function spokenDate(day: string, locale: string): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  const name = namesIn(locale).months[Number(month) - 1];
  return name === undefined ? day : `${Number(date)} ${name} ${year ?? ""}`;
}

/** A month of a year as it stands over its days, such as "Mar". Months are counted from that of the year 0. */
export function spokenMonth(month: number, locale: string): string {
  return namesIn(locale).months[month % 12] ?? "";
}

/** A month in full, to stand in a sentence: "March 2027". Months are counted from that of the year 0. */
export function spokenWholeMonth(month: number, locale: string): string {
  return `${namesIn(locale).wholeMonths[month % 12] ?? ""} ${Math.floor(month / 12)}`;
}

/** Whether a day is over where the person is. */
export function isPast(day: string, now: Date): boolean {
  return day < `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}

/** The hour and minute. */
export function spokenClock(when: string): string {
  const time = new Date(when);
  return Number.isNaN(time.getTime()) ? when : `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

/** A day as a heading over what was done on it: today, yesterday, else with its name and date. */
export function spokenDay(when: string, now: Date, locale: string): string {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  const names = namesIn(locale);
  const days = Math.round((midnight(now) - midnight(time)) / DAY);
  if (days === 0) return names.today;
  if (days === 1) return names.yesterday;
  const year = time.getFullYear() === now.getFullYear() ? "" : ` ${time.getFullYear()}`;
  return capital(`${names.days[time.getDay()] ?? ""} ${time.getDate()} ${names.wholeMonths[time.getMonth()] ?? ""}${year}`);
}

/** A moment in full, to stand in a sentence: "3 March 2026, 10:42". */
export function spokenMoment(when: string, locale: string): string {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  return `${time.getDate()} ${namesIn(locale).wholeMonths[time.getMonth()] ?? ""} ${time.getFullYear()}, ${spokenClock(when)}`;
}

function namesIn(locale: string): Names {
  return locale === "cy" ? WELSH : ENGLISH;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
