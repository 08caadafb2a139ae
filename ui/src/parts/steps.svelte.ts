/** Something long that is drawn so many at a time: a page can have ten thousand versions. */

const STEP = 60;

export class Steps {
  private most = $state(STEP);

  /** Those that are drawn now. */
  of<Item>(all: readonly Item[]): readonly Item[] {
    return all.slice(0, this.most);
  }

  isMoreOf(all: readonly unknown[]): boolean {
    return all.length > this.most;
  }

  more(): void {
    this.most += STEP;
  }
}
