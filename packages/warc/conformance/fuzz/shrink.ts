/** A smaller file that still is as `isStill` says, by leaving out ever smaller stretches; it tries no more than `most` files. */
export async function shrink(bytes: Uint8Array, isStill: (bytes: Uint8Array) => Promise<boolean>, most = 2000): Promise<Uint8Array> {
  let smallest = bytes;
  let tries = 0;
  for (let size = bytes.length >> 1; size > 0 && tries < most; size >>= 1) {
    for (let at = 0; at < smallest.length && tries < most; tries++) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (await isStill(without)) smallest = without;
      else at += size;
    }
  }
  return smallest;
}
