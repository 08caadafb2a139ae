// What was drawn and what was wrong with it, as a table.

/** So many places of one kind are told one by one. */
const TOLD = 8;

export class Tally {
  pictures = 0;
  /** Kinds of what is wrong, each with how often it was, and in which states. */
  kinds = new Map();

  drew() {
    this.pictures += 1;
  }

  wrong(kind, picture, text) {
    const { times = 0, states = new Set() } = this.kinds.get(kind) ?? {};
    this.kinds.set(kind, { times: times + 1, states: states.add(picture.split("-")[0]) });
    if (times < TOLD) console.log(`${picture}: ${kind}: ${text}`);
  }

  get isClean() {
    return this.kinds.size === 0;
  }

  table(folder) {
    const rows = [...this.kinds].sort(([, one], [, other]) => other.times - one.times).map(([kind, { times, states }]) => [kind, String(times), [...states].join(", ")]);
    const wrong = rows.length === 0 ? [["axe violations", "0", ""]] : rows;
    const all = [["pictures", String(this.pictures), folder], ...wrong];
    const wide = (column) => Math.max(...all.map((row) => row[column].length));
    return all.map(([kind, times, where]) => `${kind.padEnd(wide(0))}  ${times.padStart(wide(1))}  ${where}`.trimEnd()).join("\n");
  }
}
