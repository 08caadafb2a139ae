/** What the editor says in words: handed in, since it speaks the person's language and that can change. */
export interface Labels {
  readonly body: () => string;
  /** What stands where nothing is written yet. */
  readonly empty: () => string;
  readonly done: () => string;
  readonly editTable: () => string;
  /** What stands where nothing is said of a file yet. */
  readonly caption: () => string;
}
