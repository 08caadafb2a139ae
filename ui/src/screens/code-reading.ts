/** Reading an invitation's code (a QR code, ISO/IEC 18004): before this device's camera, or in a picture of it. */

/** Why a camera shows nothing: it may not be used, there is none that answers, or it has stopped. */
export type NoCamera = "denied" | "absent" | "ended";

/** The longest picture that is looked at, in bytes. */
const LARGEST = 20_000_000;
/** The longest side at which it is looked at, in pixels: a code that fills a tenth of it is still read. */
const LONGEST = 2_000;

/** Whether this device lets its camera be asked for. */
export function hasCamera(): boolean {
  // Over plain HTTP from elsewhere, and in some windows of apps, there is nothing to ask.
  return typeof (navigator as Partial<Navigator>).mediaDevices?.getUserMedia === "function";
}

/**
 * Shows in `player` what the camera sees, and says every text that it reads there, over and over. Gives the way to end it.
 * Throws why there is no camera; one that stops later is said to `gone`.
 */
export async function watch(player: HTMLVideoElement, found: (text: string) => void, gone: (why: NoCamera) => void): Promise<() => void> {
  const [{ frameLoop, QRCamera, QRCanvas }, stream] = await Promise.all([import("qr/dom.js"), opened()]);
  const camera = new QRCamera(player, stream);
  const canvas = new QRCanvas({}, { cropToSquare: false });
  let isLooking = false;
  const stop = frameLoop(() => {
    // A frame that comes while the last one is looked at is let go.
    if (isLooking) return;
    isLooking = true;
    void camera
      .readFrame(canvas)
      .then((text) => { if (typeof text === "string") found(text); })
      .finally(() => (isLooking = false));
  }, player);
  const end = () => {
    stop();
    camera.stop();
    canvas.clear();
  };
  stream.getVideoTracks()[0]?.addEventListener("ended", () => {
    end();
    gone("ended");
  });
  return end;
}

/** The camera that looks away from the person, where there are two. */
async function opened(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (problem) {
    const why: NoCamera = problem instanceof DOMException && problem.name === "NotAllowedError" ? "denied" : "absent";
    throw why;
  }
}

/** The text of the code in a picture; `null` where none can be read in it. */
export async function codeIn(picture: Blob): Promise<string | null> {
  if (picture.size > LARGEST) return null;
  try {
    const [{ QRCanvas }, image] = await Promise.all([import("qr/dom.js"), createImageBitmap(picture)]);
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
    const text = await new QRCanvas({}, { cropToSquare: false }).drawImage(image, height, width);
    image.close();
    return typeof text === "string" ? text : null;
  } catch {
    // No picture, one that is larger than there is room for, or one without a code.
    return null;
  }
}
