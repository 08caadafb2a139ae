// Every screen and state, by name: how one gets there from where the window opens, and what the pretend node is told to be.

import { FILES } from "./files.js";
import { GOING } from "./going.js";
import { HISTORY } from "./history.js";
import { JOINING } from "./joining.js";
import { LISTS } from "./lists.js";
import { PAGES } from "./pages.js";
import { PEOPLE } from "./people.js";
import { PLACES } from "./places.js";
import { PLANS } from "./plans.js";
import { TREES } from "./trees.js";
import { WRITING } from "./writing.js";

export const STATES = { ...LISTS, ...PAGES, ...PLANS, ...WRITING, ...HISTORY, ...PEOPLE, ...JOINING, ...PLACES, ...GOING, ...TREES, ...FILES };
