// What is to be looked at, by what was asked for.

import { fileURLToPath } from "node:url";

/** A phone and a desk, and where least fits: a screen of 320 px, and the desk zoomed to 200 %. */
const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 800 },
  small: { width: 320, height: 640 },
  zoomed: { width: 640, height: 400 },
};
const THEMES = ["light", "dark"];
const LANGUAGES = ["en", "cy"];
/** There the longer language by day is enough, seen by whoever makes the phone or the window that small. */
const NARROWED = { phone: "small", desk: "zoomed" };

/**
 * The folder for the pictures, and the visits: a state in one language and size, and how it is drawn there. A word is the
 * name of a state, or narrows how all of them are looked at; what is neither is a problem.
 */
export function wanted(words, states) {
  const at = words.indexOf("--into");
  const folder = at < 0 ? fileURLToPath(new URL("../../screenshots", import.meta.url)) : words[at + 1];
  const rest = at < 0 ? words : words.toSpliced(at, 2);
  const known = [Object.keys(SIZES), THEMES, LANGUAGES, Object.keys(states)].flat();
  const unknown = rest.find((word) => !known.includes(word));
  if (folder === undefined) return { problem: "say after --into which folder" };
  if (unknown !== undefined) return { problem: `there is no "${unknown}" to look at; there are: ${known.join(", ")}` };
  const asked = (all) => all.filter((one) => rest.includes(one));
  const those = (all) => (asked(all).length > 0 ? asked(all) : all);
  const sizes = asked(Object.keys(SIZES)).length > 0 ? asked(Object.keys(SIZES)) : Object.keys(NARROWED);
  const visits = those(Object.keys(states)).flatMap((name) => sizes.flatMap((size) => those(LANGUAGES).map((language) => {
    const draws = those(THEMES).map((theme) => ({ size, viewport: SIZES[size], theme }));
    const narrow = NARROWED[size];
    const isNarrowed = rest.every((word) => word in states) && narrow !== undefined && language === "cy";
    return { name, state: states[name], language, draws: isNarrowed ? [...draws, { size: narrow, viewport: SIZES[narrow], theme: "light" }] : draws };
  })));
  return { folder, visits, problem: null };
}
