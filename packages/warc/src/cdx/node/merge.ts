import { WarcError } from "../../error.ts";
import type { LineCursor } from "./cursor.ts";

/**
 * The lines of sorted sources in one order; of equal ones, those of the first source first. Each cursor stands on its first line, or at its
 * end. Holds a line and a chunk of each. Throws `NOT_SORTED`.
 */
export async function* mergeLines(cursors: readonly LineCursor[]): AsyncGenerator<string[]> {
  const heap: LineCursor[] = [];
  for (const cursor of cursors) if (cursor.line !== undefined) push(heap, cursor);
  let batch: string[] = [];
  for (let first = heap[0]; first?.line !== undefined; first = heap[0]) {
    const line = first.line;
    batch.push(line);
    // In batches, since a promise for each line would take longer than the merging.
    if (batch.length >= 4096) {
      yield batch;
      batch = [];
    }
    if (!first.step() && !(await first.fill())) removeFirst(heap);
    else if (first.line < line) throw notSorted(first.name, line, first.line);
    else sink(heap, 0);
  }
  if (batch.length > 0) yield batch;
}

function notSorted(name: string, line: string, next: string): WarcError {
  const message = `Cannot merge ${name}: "${next.slice(0, 60)}" comes after "${line.slice(0, 60)}"`;
  return new WarcError("NOT_SORTED", message, "Sort it first, by bytes: LC_ALL=C, not by the letters of a language");
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
