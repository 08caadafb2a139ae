/** Which action something on the screen belongs to, by `data-action` around it. */

export function actionAt(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>("[data-action]")?.dataset["action"] : undefined;
}
