/**
 * Times as people say them: today by the hour, this week by the day, else by the date. The names are written here: the
 * browsers that this runs in mostly know no Welsh, and say so by answering in English.
 */

interface Names {
  readonly days: readonly string[];
  readonly months: readonly string[];
}

const ENGLISH: Names = {
  days: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
};

const WELSH: Names = {
  days: ["dydd Sul", "dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn"],
  months: ["Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"],
};

const DAY = 86_400_000;

export function spokenTime(when: string, now: Date, locale: string): string {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return when;
  const names = locale === "cy" ? WELSH : ENGLISH;
  const days = Math.round((midnight(now) - midnight(time)) / DAY);
  if (days === 0) return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
  if (days > 0 && days < 7) return names.days[time.getDay()] ?? when;
  return `${time.getDate()} ${names.months[time.getMonth()] ?? ""} ${time.getFullYear()}`;
}

/** A day of the calendar, such as `2027-03-31`, wherever people are. */
export function spokenDay(day: string, locale: string): string {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  const name = (locale === "cy" ? WELSH : ENGLISH).months[Number(month) - 1];
  return name === undefined ? day : `${Number(date)} ${name} ${year ?? ""}`;
}

/** Whether a day is over where the person is. */
export function isPast(day: string, now: Date): boolean {
  return day < `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function midnight(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}
