/** What each key does in the text of a page. */

import { chainCommands, toggleMark } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import type { MarkType } from "prosemirror-model";
import type { Command } from "prosemirror-state";
import type { MarkName } from "../blocks";
import { bound, type TextDeed } from "../keys";
import { linkAt } from "../linking";
import { schema } from "../schema";
import { toFile } from "./file-view";
import { madeBy, type Choice } from "../slash";
import { breakLine, eraseBackward, eraseForward, indent, makeInto, newLine, outdent, tick, type Deed } from "../typing";

/** What the editor does itself. */
interface Doer {
  readonly askLink: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Whether the next Tab leaves the text, also from within a list. */
  readonly isLeaving: () => boolean;
}

export function pageKeys({ askLink, undo, redo, isLeaving }: Doer): Record<string, Command> {
  const deeds: Record<TextDeed, Command> = {
    strong: marks("strong"),
    em: marks("em"),
    code: marks("code"),
    // With nothing to make a link of, the key is the window's.
    link: (state) => (state.selection.empty && linkAt(state) === null ? false : calls(askLink)(state)),
    undo: calls(undo),
    redo: calls(redo),
    newLine: does(newLine),
    breakLine: does(breakLine),
    tick: does((state) => tick(state.selection.from)(state)),
    indent: (state, dispatch, view) => !isLeaving() && (toFile(state, view) || does(indent)(state, dispatch)),
    outdent: (state, dispatch) => !isLeaving() && does(outdent)(state, dispatch),
    erase: chainCommands(undoInputRule, does(eraseBackward)),
    eraseForward: does(eraseForward),
  };
  return bound(deeds, (kind: Choice["id"]) => does(makeInto(madeBy(kind))));
}

function marks(name: MarkName): Command {
  return toggleMark(schema.marks[name] as MarkType);
}

function does(deed: Deed): Command {
  return (state, dispatch) => {
    const transaction = deed(state);
    if (transaction === null) return false;
    dispatch?.(transaction);
    return true;
  };
}

function calls(make: () => void): Command {
  return () => {
    make();
    return true;
  };
}
