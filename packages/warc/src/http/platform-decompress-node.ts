import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { Compression, Decompress, Ending, Feed } from "./compression.ts";

const engines = {
  gzip: createGunzip,
  deflate: createInflate,
  "deflate-raw": createInflateRaw,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * Bytes fed at once, however they come: what the last of them would have given is lost where they are damaged, so they are few, and the
 * same bytes give the same.
 */
const feedSize = 4096;
/** Bytes unpacked and not yet asked for, at which no more are made: one piece fed may give thousands of times its size. */
const mostReady = 1 << 20;

type Engine = ReturnType<(typeof engines)[Compression]>;

/**
 * With node:zlib. Not by iterating over its stream: where that fails, it throws away what it had unpacked before.
 */
export const decompress: Decompress = async function* (compression, feed) {
  const engine = engines[compression]();
  const state = listen(engine);
  const feeding = feedEngine(engine, feed);
  try {
    for (;;) {
      const ready = state.take();
      if (ready) yield ready;
      else if (state.ending) return state.ending;
      else await state.change();
    }
  } finally {
    engine.destroy();
    await feeding;
  }
};

function listen(engine: Engine) {
  const ready: Uint8Array[] = [];
  let readyLength = 0;
  let ending: Ending | undefined;
  let wake = () => {};
  engine.on("data", (piece: Uint8Array) => {
    ready.push(piece);
    readyLength += piece.length;
    if (readyLength > mostReady) engine.pause();
    wake();
  });
  engine.on("error", () => end("damaged"));
  engine.on("end", () => end("whole"));
  function end(how: Ending): void {
    ending ??= how;
    wake();
  }
  return {
    take(): Uint8Array | undefined {
      const piece = ready.shift();
      readyLength -= piece?.length ?? 0;
      return piece;
    },
    get ending() {
      return ending;
    },
    /** Waits until there is something to take, or the end. There is neither when this is called. */
    change(): Promise<void> {
      return new Promise((resolve) => {
        wake = resolve;
        engine.resume();
      });
    },
  };
}

async function feedEngine(engine: Engine, feed: Feed): Promise<void> {
  const closed = new Promise<void>((resolve) => engine.once("close", resolve));
  let gathered = new Uint8Array(feedSize);
  let length = 0;
  const write = async () => {
    const part = gathered.subarray(0, length);
    gathered = new Uint8Array(feedSize);
    length = 0;
    await Promise.race([closed, new Promise((taken) => engine.write(part, taken))]);
  };
  for (let piece = await feed(); piece; piece = await feed()) {
    for (let at = 0; at < piece.length; ) {
      if (engine.destroyed || engine.readableEnded) return;
      const part = piece.subarray(at, at + feedSize - length);
      gathered.set(part, length);
      length += part.length;
      at += part.length;
      if (length === feedSize) await write();
    }
  }
  if (length > 0 && !engine.destroyed) await write();
  if (!engine.destroyed) engine.end();
}
