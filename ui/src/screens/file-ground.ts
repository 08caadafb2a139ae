/** Where files can be dropped and pasted: the whole page, before the editor sees it. */

import type { Given } from "./file-sending.svelte";

export interface FileGround {
  /** Files are being dragged over the page, or are not any more. */
  readonly over: (isOver: boolean) => void;
  /** Files were dropped there on the screen. */
  readonly dropped: (given: readonly Given[], at: { readonly left: number; readonly top: number }) => void;
  /** Files were pasted into the text. */
  readonly pasted: (given: readonly Given[]) => void;
}

export function fileGround(hears: () => FileGround): (ground: HTMLElement) => () => void {
  return (ground) => {
    const { over, dropped, pasted } = hears();
    const dragged = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
      over(true);
    };
    const left = (event: DragEvent): void => {
      if (!(event.relatedTarget instanceof Node && ground.contains(event.relatedTarget))) over(false);
    };
    const drop = (event: DragEvent): void => {
      over(false);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.stopPropagation();
      dropped(givenIn(event.dataTransfer), { left: event.clientX, top: event.clientY });
    };
    const paste = (event: ClipboardEvent): void => {
      // What a program copies as text and as a picture of it is text.
      const isText = (event.clipboardData?.getData("text/plain") ?? "") !== "";
      const isBody = event.target instanceof Element && event.target.closest(".page-body") !== null;
      if (isText || !isBody || !hasFiles(event.clipboardData)) return;
      event.preventDefault();
      event.stopPropagation();
      pasted(givenIn(event.clipboardData));
    };
    const stop = new AbortController();
    const early = { capture: true, signal: stop.signal };
    ground.addEventListener("dragenter", dragged, early);
    ground.addEventListener("dragover", dragged, early);
    ground.addEventListener("dragleave", left, early);
    ground.addEventListener("drop", drop, early);
    ground.addEventListener("paste", paste, early);
    return () => { stop.abort(); };
  };
}

function hasFiles(data: DataTransfer | null): data is DataTransfer {
  return data !== null && [...data.types].includes("Files");
}

/** The files of a drop, and the folders, which are none. */
function givenIn(data: DataTransfer): Given[] {
  return [...data.items].filter(({ kind }) => kind === "file").flatMap((item): Given[] => {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory === true) return [{ name: entry.name, file: null }];
    return file === null ? [] : [{ name: file.name, file }];
  });
}
