/** The app's own window. */

import { openWindow } from "./app";
import { ShellDoor } from "./door/shell-door";

const target = document.getElementById("window");
if (target !== null) {
  const door = new ShellDoor();
  openWindow(target, door, door.shell);
}
