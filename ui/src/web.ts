/** The window in a browser, served by a node on this machine: the token comes behind the address and leaves it at once. */

import { openWindow } from "./app";
import { WebDoor } from "./door/web-door";

const KEPT = "hedgerow-token";

/** The other windows on this address. One that was open before the node was started again learns the token here, and goes on. */
const others = new BroadcastChannel(KEPT);

/** The token, from the address or from before this page was loaded again. */
function token(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    sessionStorage.setItem(KEPT, given);
    others.postMessage(given);
    history.replaceState(null, "", location.pathname);
  }
  return given ?? sessionStorage.getItem(KEPT) ?? "";
}

const target = document.getElementById("window");
if (target !== null) {
  const door = new WebDoor(`ws://${location.host}/door`, token());
  others.onmessage = ({ data }) => {
    if (typeof data !== "string") return;
    sessionStorage.setItem(KEPT, data);
    door.takes(data);
  };
  openWindow(target, door);
}
