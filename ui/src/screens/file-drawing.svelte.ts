/** Files drawn in the text of a page. */

import { mount, unmount } from "svelte";
import type { DrawFile } from "../editor/view/file-view";
import FileBlock from "./FileBlock.svelte";
import type { PageFiles } from "./page-files";

export function drawsFiles(files: PageFiles): DrawFile {
  return (target, shown) => {
    const props = $state({ files, ...shown });
    const drawn = mount(FileBlock, { target, props });
    return {
      captioned: (caption) => (props.caption = caption),
      end: () => void unmount(drawn),
    };
  };
}
