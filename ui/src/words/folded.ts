/** Text as it is compared with what somebody types in a hurry: without accents and capitals. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** The place of the next title after the one at `at` that begins so, from the last on to the first; `undefined` if none does. */
export function nextBeginning(typed: string, titles: readonly string[], at: number): number | undefined {
  const wanted = folded(typed);
  const order = titles.map((_, index) => (at + 1 + index) % titles.length);
  return order.find((index) => folded(titles[index] ?? "").startsWith(wanted));
}
