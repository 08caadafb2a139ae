/**
 * Where the keyboard is when something new is shown in the place of something else. One frame later: by then a sheet knows
 * where the keyboard was before it was opened.
 */

/** The first field of what is shown, or the first button where there is none. */
export function firstField(shown: HTMLElement): void {
  requestAnimationFrame(() => {
    const field = shown.querySelector<HTMLElement>("input:checked, input:not([type=radio], [type=file]), textarea, select");
    (field ?? shown.querySelector<HTMLElement>("button"))?.focus();
  });
}

/** What is shown itself, so that it is read from its beginning. */
export function itself(shown: HTMLElement): void {
  shown.tabIndex = -1;
  requestAnimationFrame(() => { shown.focus({ preventScroll: true }); });
}
