/** The day that it is on this device. */

import { todayOf, type Day } from "../../plan/days";

export function today(): Day {
  return todayOf(new Date());
}
