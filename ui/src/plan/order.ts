/**
 * Where something stands among others: a fraction between its neighbours', written as its digits, so that comparing bytes
 * compares fractions. Whoever moves one thing writes its own place alone, and two who move different things both have their way.
 */

/** Something that has a place, as it was read; `null` where none can be read. */
export interface Placed {
  readonly id: string;
  readonly order: string | null;
}

/** One that is to have another place. */
export interface Placing {
  readonly id: string;
  readonly order: string;
}

/** A number from 0 up to, and without, 1. */
export type Chance = () => number;

/** A longer one is not read: nobody gets there by moving things. */
const LONGEST = 256;
/** At either end so much room is left for each that comes there, in digits and in how many of those. */
const DIGITS = 8;
const STEP = 20_000n;
/** Between two there is room where so many fractions of a length lie: two people rarely draw the same one. */
const ROOM = 100n;

/** A place as it was said; none where it is too long, or not written in digits and letters. */
export function readOrder(said: string | null): string | null {
  return said !== null && said.length <= LONGEST && /^[0-9A-Za-z]+$/.test(said) ? said : null;
}

/** Which stands first. What has the same place as another, or none, stands in the order of ids, at the end. */
export function compareOrder(one: Placed, other: Placed): number {
  if (one.order !== other.order) {
    if (one.order === null) return 1;
    if (other.order === null) return -1;
    return one.order < other.order ? -1 : 1;
  }
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/**
 * What has to be said for something to stand at this index of the others, which are in order and do not hold it. It is its own
 * place alone, but where two of the others have the same place and there is nothing between them.
 */
export function placing(id: string, others: readonly Placed[], index: number, chance: Chance): Placing[] {
  let [from, to] = [index, index];
  // Something before it without a place would come after it.
  while (from > 0 && others[from - 1]?.order === null) from -= 1;
  const lower = others[from - 1]?.order ?? "";
  while (isTied(lower, others[to]?.order ?? null)) to += 1;
  const upper = others[to]?.order ?? null;
  const ids = [...others.slice(from, index).map((other) => other.id), id, ...others.slice(index, to).map((other) => other.id)];
  let last = lower;
  return ids.map((each) => {
    last = between(last, upper, chance);
    return { id: each, order: last };
  });
}

/** Whether nothing can stand between the two. */
function isTied(lower: string, upper: string | null): boolean {
  return upper !== null && (upper <= lower || /^0*$/.test(upper.startsWith(lower) ? upper.slice(lower.length) : "1"));
}

/** A place between two; with no upper one, after the lower one; an empty lower one is before everything. */
function between(lower: string, upper: string | null, chance: Chance): string {
  if (isFraction(lower) && (upper === null || isFraction(upper))) return fraction(lower, upper, chance);
  // Written by somebody who counts with more than ten digits: what is longer than the lower one comes after it.
  const common = commonLength(lower, upper ?? "");
  const rest = (upper ?? "").slice(common);
  if (upper === null || common < lower.length) return lower + digit(chance);
  // The upper one goes on where the lower one ends.
  const [, zeros = "", digits = ""] = /^(0*)(\d*)/.exec(rest) ?? [];
  return lower + zeros + (digits === "" ? digit(chance) : fraction("", digits, chance));
}

const isFraction = (order: string) => /^\d*$/.test(order);
const digit = (chance: Chance) => String(1 + Math.floor(chance() * 8));

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** A fraction out of the middle half between two, as short as there is room for it. */
function fraction(lower: string, upper: string | null, chance: Chance): string {
  for (let digits = DIGITS; ; digits += 1) {
    const step = STEP * 10n ** BigInt(digits - DIGITS);
    let low = numberOf(lower, digits);
    let high = upper === null ? 10n ** BigInt(digits) : numberOf(upper, digits);
    if (upper === null && lower !== "" && high - low > step) high = low + step;
    if (lower === "" && upper !== null && high - low > step) low = high - step;
    if (high - low < ROOM) continue;
    const parts = 1_000n;
    const at = low + ((high - low) * (parts / 4n + BigInt(Math.floor(chance() * 500)))) / parts;
    return String(at).padStart(digits, "0").replace(/0+$/, "");
  }
}

/** The first digits of a fraction, as a number. */
function numberOf(order: string, digits: number): bigint {
  return BigInt(order.slice(0, digits).padEnd(digits, "0"));
}
