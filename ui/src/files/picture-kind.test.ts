import { expect, test } from "vitest";
import { isSaidToBePicture, pictureKind } from "./picture-kind";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test("a picture is known by its first bytes", () => {
  expect(pictureKind(bytes("\u0089PNG\r\n\u001a\nrest"))).toBe("image/png");
  expect(pictureKind(bytes("\u00ff\u00d8\u00ff\u00e0..JFIF"))).toBe("image/jpeg");
  expect(pictureKind(bytes("GIF89a...."))).toBe("image/gif");
  expect(pictureKind(bytes("RIFF\u0001\u0002\u0003\u0004WEBPVP8 "))).toBe("image/webp");
  expect(pictureKind(bytes("\0\0\0\u001cftypavif\0\0\0\0mif1avif"))).toBe("image/avif");
  expect(pictureKind(bytes("\0\0\0\u001cftypmif1\0\0\0\0miafavif"))).toBe("image/avif");
});

test("nothing else is a picture: not a page, not a drawing that can hold scripts, not a film, not what breaks off", () => {
  for (const text of ["<svg xmlns='http://www.w3.org/2000/svg'>", "<!doctype html>", "%PDF-1.7", "", "GIF", "\u0089PNG", "RIFF1234WAVE", "\0\0\0\u001cftypisom\0\0\0\0isommp42", "\0\0\0\u0010ftypisom\0\0\0\0avif", "xavifftyp"]) {
    expect([text, pictureKind(bytes(text))]).toEqual([text, null]);
  }
});

test("a drawing that can hold scripts is never said to be a picture", () => {
  expect(isSaidToBePicture("image/svg+xml")).toBe(false);
  expect(isSaidToBePicture("text/html")).toBe(false);
  expect(isSaidToBePicture("image/webp")).toBe(true);
});
