/** The digests that can be computed here, and how many bytes each has. */
export const digestLengths = { md5: 16, sha1: 20, sha256: 32, sha512: 64, blake3: 32 } as const;

export type Algorithm = keyof typeof digestLengths;

/** The algorithm that a label names, however it is written: `sha1`, `SHA-1` and `Sha_1` are one. Undefined where it is none of ours. */
export function algorithmOf(label: string): Algorithm | undefined {
  if (isAlgorithm(label)) return label;
  const name = label.toLowerCase().replace(/[-_ ]/g, "");
  return isAlgorithm(name) ? name : undefined;
}

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(digestLengths, name);
}
