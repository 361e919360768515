/** A character for each byte, U+0000 to U+00FF. A TextDecoder gives others for 80 to 9F, since to it Latin-1 is windows-1252. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 4096) text += String.fromCharCode(...bytes.subarray(start, start + 4096));
  return text;
}

/** The bytes that such a text is of. */
export function encodeLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
