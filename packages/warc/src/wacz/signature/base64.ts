/** Base64 (RFC 4648 4). */
export function formatBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** White space in it is passed over; undefined where it is none. */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bare = text.replace(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bare) || bare.replace(/=+$/, "").length % 4 === 1) return undefined;
  return Uint8Array.from(atob(bare), (char) => char.charCodeAt(0));
}
