import { WarcError } from "../error.ts";
import type { RandomAccess } from "./input.ts";

/** A block is asked for whole: the short reads of a search lie near each other at its end, and each request takes long. */
const blockSize = 1 << 16;
const mostBlocks = 16;

/**
 * A file on a web server, read by ranges (RFC 9110 14). The server must know ranges, and the file must not change meanwhile. Throws `NO_RANGES`
 * where it does not, `FILE_CHANGED` where it did, and `HTTP_REFUSED` for any other answer, or none.
 */
export async function rangeAccess(url: string | URL): Promise<RandomAccess> {
  const first = await fetchRange(url, 0, 1);
  await first.body?.cancel();
  const { size, tag } = describe(first, url);
  const read = async (offset: number, length: number) => {
    const response = await fetchRange(url, offset, length);
    const answered = describe(response, url);
    if (answered.size !== size || answered.tag !== tag || answered.start !== offset) {
      await response.body?.cancel();
      throw new WarcError("FILE_CHANGED", `Cannot go on reading ${url}: the file is another one now`, "Begin again");
    }
    return new Uint8Array(await response.arrayBuffer()).subarray(0, length);
  };
  return new CachedBlocks(size, read);
}

async function fetchRange(url: string | URL, offset: number, length: number): Promise<Response> {
  try {
    return await fetch(url, { headers: { range: `bytes=${offset}-${offset + length - 1}`, "accept-encoding": "identity" } });
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
    throw new WarcError("HTTP_REFUSED", `Cannot read ${url}: its server does not answer${reason}`, "Look whether the URL is right", {
      cause,
    });
  }
}

/** What the server says of the file that a part is of. */
function describe(response: Response, url: string | URL) {
  const { status, headers } = response;
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  if (status === 206 && size !== undefined) return { start: Number(start), size: Number(size), tag: headers.get("etag") };
  // The body may be the whole file, which nobody wants here.
  void response.body?.cancel();
  if (status === 200 || status === 206)
    throw new WarcError(
      "NO_RANGES",
      `Cannot read ${url} in parts: its server does not answer with ranges`,
      "Download it, and read the file",
    );
  throw new WarcError(
    "HTTP_REFUSED",
    `Cannot read ${url}: its server answers ${status} ${response.statusText}`,
    "Look whether the URL is right",
  );
}

class CachedBlocks implements RandomAccess {
  readonly size: number;
  readonly #read: RandomAccess["read"];
  /** By their number, the one that was used last at the end. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  constructor(size: number, read: RandomAccess["read"]) {
    this.size = size;
    this.#read = read;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    const first = Math.floor(offset / blockSize);
    if (end <= offset) return new Uint8Array(0);
    if (end > (first + 1) * blockSize) return this.#read(offset, end - offset);
    const block = await this.#block(first);
    return block.subarray(offset - first * blockSize, end - first * blockSize);
  }

  async #block(number: number): Promise<Uint8Array> {
    const start = number * blockSize;
    const block = this.#blocks.get(number) ?? this.#read(start, Math.min(blockSize, this.size - start));
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    for (const oldest of this.#blocks.keys()) if (this.#blocks.size > mostBlocks) this.#blocks.delete(oldest);
    try {
      return await block;
    } catch (error) {
      // What failed is asked for again the next time.
      this.#blocks.delete(number);
      throw error;
    }
  }
}
