import type { LineCursor } from "./cursor.ts";

/** The lines of sorted sources in one order; of equal ones, those of the first source first. Holds a line and a chunk of each. */
export async function* mergeLines(cursors: readonly LineCursor[]): AsyncGenerator<string[]> {
  const heap: LineCursor[] = [];
  for (const cursor of cursors) if (await cursor.fill()) push(heap, cursor);
  let batch: string[] = [];
  for (let first = heap[0]; first; first = heap[0]) {
    if (first.line !== undefined) batch.push(first.line);
    // In batches, since a promise for each line would take longer than the merging.
    if (batch.length >= 4096) {
      yield batch;
      batch = [];
    }
    if (first.step() || (await first.fill())) sink(heap, 0);
    else removeFirst(heap);
  }
  if (batch.length > 0) yield batch;
}

function isBefore(a: LineCursor | undefined, b: LineCursor | undefined): boolean {
  if (a?.line === undefined || b?.line === undefined) return b?.line === undefined;
  return a.line === b.line ? a.rank < b.rank : a.line < b.line;
}

function push(heap: LineCursor[], cursor: LineCursor): void {
  heap.push(cursor);
  for (let at = heap.length - 1, parent = (at - 1) >> 1; at > 0 && isBefore(heap[at], heap[parent]); at = parent, parent = (at - 1) >> 1)
    swap(heap, at, parent);
}

function removeFirst(heap: LineCursor[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap, 0);
}

function sink(heap: LineCursor[], from: number): void {
  for (let at = from; ; ) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const child = left + 1 < heap.length && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[child], heap[at])) return;
    swap(heap, at, child);
    at = child;
  }
}

function swap(heap: LineCursor[], a: number, b: number): void {
  const [first, second] = [heap[a], heap[b]];
  if (first === undefined || second === undefined) return;
  heap[a] = second;
  heap[b] = first;
}
