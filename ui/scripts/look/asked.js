// What is to be looked at, by what was asked for.

import { fileURLToPath } from "node:url";

/** A phone, a desk, and where least fits: a screen of 320 px, and a desk of 1280 px zoomed to 200 %. */
const SIZES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 800 },
  small: { width: 320, height: 640 },
  zoomed: { width: 640, height: 400 },
};
const THEMES = ["light", "dark"];
const LANGUAGES = ["en", "cy"];
/** There the longer language by day is enough, unless something else is asked for. */
const NARROW = ["small", "zoomed"];

/**
 * The folder for the pictures, and the visits: a state in one size and language, drawn in one or two themes. A word is the
 * name of a state, or narrows how all of them are looked at; what is neither is a problem.
 */
export function wanted(words, states) {
  const at = words.indexOf("--into");
  const folder = at < 0 ? fileURLToPath(new URL("../../screenshots", import.meta.url)) : words[at + 1];
  const rest = at < 0 ? words : words.toSpliced(at, 2);
  const those = (all) => (all.some((one) => rest.includes(one)) ? all.filter((one) => rest.includes(one)) : all);
  const known = [Object.keys(SIZES), THEMES, LANGUAGES, Object.keys(states)].flat();
  const unknown = rest.find((word) => !known.includes(word));
  if (folder === undefined) return { problem: "say after --into which folder" };
  if (unknown !== undefined) return { problem: `there is no "${unknown}" to look at; there are: ${known.join(", ")}` };
  const isNarrowed = [...THEMES, ...LANGUAGES].some((word) => rest.includes(word));
  const visits = those(Object.keys(states)).flatMap((name) => those(Object.keys(SIZES)).flatMap((size) => {
    const least = NARROW.includes(size) && !isNarrowed;
    return those(LANGUAGES).filter((language) => !least || language === "cy").map((language) => {
      const themes = those(THEMES).filter((theme) => !least || theme === "light");
      return { name, state: states[name], size, viewport: SIZES[size], language, themes };
    });
  }));
  return { folder, visits, problem: null };
}
