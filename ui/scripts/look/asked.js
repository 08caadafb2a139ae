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
/** On the small screen everything stands where it does on the phone: it is the phone, narrowed. */
const GROUPS = [["phone", "small"], ["desk"], ["zoomed"]];
/** Where least fits, the longer language by day is enough, unless it is asked for. */
const isDrawnUnasked = (size, theme, language) => ["phone", "desk"].includes(size) || (theme === "light" && language === "cy");

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
  const sizes = asked(Object.keys(SIZES));
  const isDrawn = (size, theme, language) => (sizes.length > 0 ? sizes.includes(size) : isDrawnUnasked(size, theme, language));
  const drawsOf = (group, language) => group.flatMap((size) =>
    those(THEMES).filter((theme) => isDrawn(size, theme, language)).map((theme) => ({ size, viewport: SIZES[size], theme })));
  const visits = those(Object.keys(states)).flatMap((name) => GROUPS.flatMap((group) =>
    those(LANGUAGES).map((language) => ({ name, state: states[name], language, draws: drawsOf(group, language) }))));
  return { folder, visits: visits.filter(({ draws }) => draws.length > 0), problem: null };
}
