/** Where a link may lead. What a page says is other people's text: nothing but these is ever followed. */

const SCHEMES = ["http:", "https:", "mailto:", "hedgerow:"];

/** The address to follow, or nothing when it may not be followed. */
export function followable(address: string): string | null {
  // What a browser would drop from an address could hide a scheme from us.
  // eslint-disable-next-line no-control-regex -- these are the characters that are meant
  if (/[\u0000-\u001f\u007f]/.test(address)) return null;
  const scheme = /^\s*([a-z][a-z0-9+.-]*:)/i.exec(address)?.[1]?.toLowerCase();
  return scheme !== undefined && SCHEMES.includes(scheme) ? address.trim() : null;
}

/** The address that somebody means who types or pastes this, or nothing when it is no address. */
export function addressTyped(text: string): string | null {
  const typed = text.trim();
  if (typed === "" || /\s/.test(typed)) return null;
  if (followable(typed) !== null) return typed;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(typed)) return `mailto:${typed}`;
  return /^(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[/?#]\S*)?$/u.test(typed) ? `https://${typed}` : null;
}

/** An address as it is told before it is followed: with what could make it look like another written out. */
export function toldAddress(address: string): string {
  try {
    return new URL(address).href;
  } catch {
    return address;
  }
}
