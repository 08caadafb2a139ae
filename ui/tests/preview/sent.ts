/** Links that somebody sent: nobody is there to let this device in, or whoever is does so, or says no. */

import { Fault } from "../../src/door/door";
import type { PretendDoor } from "../pretend-door";

const TITLE = "Gwelyau'r gaeaf yn y gogledd-orllewin, 2027";

export function send(door: PretendDoor): Readonly<Record<string, string>> {
  const away = door.sharing.link(TITLE, "commenter", "Gethin Rhys");
  const over = door.sharing.link("Flood rota", "admin", null);
  over.sent.answer = () => { throw new Fault("refused", "this invitation has expired; ask for a new link", "en"); };
  const [slow, admin] = [door.sharing.link(TITLE, "writer", "Gethin Rhys"), door.sharing.link(TITLE, "admin", "Gethin Rhys")];
  for (const one of [slow, admin]) one.sent.answer = () => { throw new Fault("waiting", "the notebook is not here whole yet", "en"); };
  const open = door.sharing.link(TITLE, "writer", "Gethin Rhys");
  const words = ["otter", "lantern", "maple", "drum"];
  open.sent.answer = () => ({ notebook_id: open.notebook, role: "writer", title: TITLE, pages: 0, words, host: "Gethin Rhys", host_id: "gethin" });
  const here = door.sharing.link("Flood rota", "writer", "Bo");
  const [first] = door.notebooks;
  if (first !== undefined) here.sent.preview = { ...here.sent.preview, notebook_id: first.id };
  return { away: away.uri, over: over.uri, slow: slow.uri, admin: admin.uri, open: open.uri, in: here.uri };
}
