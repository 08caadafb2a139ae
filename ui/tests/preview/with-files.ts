/** A page with files on it, each of which stands otherwise: here, not here, on its way, nowhere within reach, not what it says. */

import { bytesOf } from "../../src/door/base64";
import type { Attachment } from "../../src/door/door";
import type { Block } from "../../src/editor/blocks";
import type { PretendDoor } from "../pretend-door";
import { block } from "./rota";

const file = (number: number, name: string, media_type: string, size: number): Attachment => ({ id: `${number}`.padStart(64, "a"), name, media_type, size });
const shows = (attachment: Attachment, text = ""): Block => block("attachment", text, { attachment });

const MAP = file(1, "flood map.png", "image/png", 100_000);
const ROTA = file(2, "Rota nos ar gyfer y pedair stryd, gaeaf 2026-27 (drafft olaf).pdf", "application/pdf", 482_130);
const FILM = file(3, "the river at six.mp4", "video/mp4", 78_400_000);
const PLAN = file(4, "county plan.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 2_400_000);
const LIAR = file(5, "gates.jpg", "image/jpeg", 18_000);
const COMING = file(6, "pump house.jpg", "image/jpeg", 3_100_000);
const AWAY = file(7, "keys.csv", "text/csv", 900);

export function fillFiles(door: PretendDoor): void {
  const notebook = door.notebook("Flood rota");
  door.files.here.set(MAP.id, drawnMap());
  door.files.here.set(ROTA.id, new Uint8Array(2_000));
  door.files.here.set(LIAR.id, Uint8Array.from("<svg onload='alert(1)'>", (letter) => letter.charCodeAt(0)));
  door.files.partly.set(COMING.id, 1_300_000);
  door.files.slow.add(COMING.id);
  door.page(notebook, "What the water did", ["Ada"], [
    block("paragraph", "This is where it came, and what we have on it."),
    shows(MAP, "Mill Lane and Chapel Row at six in the morning"),
    shows(ROTA),
    shows(LIAR, "The gates"),
    shows(FILM),
    shows(PLAN, "The county's plan"),
    shows(COMING),
    shows(AWAY),
    block("paragraph", "The rest is with the chapel."),
  ]);
  const seen = "2026-03-03T17:05:00Z";
  door.holders.set(notebook, [
    { person: "Bo", person_id: "bo", device_id: "d2", has_all: true, agreed: seen, connected: false, last_seen: seen },
    { person: "Gethin Rhys", person_id: "gethin", device_id: "d3", has_all: false, agreed: seen, connected: false, last_seen: seen },
  ]);
}

/** A picture that a browser can open. */
function drawnMap(): Uint8Array {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1_200, 700];
  const pen = canvas.getContext("2d");
  if (pen !== null) {
    pen.fillStyle = "#e6e0cf";
    pen.fillRect(0, 0, 1_200, 700);
    pen.strokeStyle = "#5b8db0";
    pen.lineWidth = 120;
    pen.beginPath();
    pen.moveTo(-50, 520);
    pen.bezierCurveTo(350, 180, 700, 720, 1_260, 260);
    pen.stroke();
    pen.fillStyle = "#6d6552";
    for (let house = 0; house < 9; house += 1) pen.fillRect(90 + house * 120, 90 + (house % 3) * 40, 70, 50);
  }
  return bytesOf(canvas.toDataURL("image/png").replace(/^.*,/, ""));
}
