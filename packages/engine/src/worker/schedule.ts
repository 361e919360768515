/**
 * Which instances are due when, in memory: a binary heap of (due, id) in typed arrays, so that a million of them are 16 bytes each
 * and nothing for the garbage collector to walk. A changed due time leaves its old entry behind, which is passed over when it comes up.
 */
export class Schedule {
  #due = new Float64Array(1024);
  #id = new Float64Array(1024);
  #length = 0;
  readonly #current = new Map<number, number>();

  get size(): number {
    return this.#current.size;
  }

  set(id: number, due: number): void {
    if (this.#current.get(id) === due) return;
    this.#current.set(id, due);
    if (this.#length > 2 * this.#current.size + 1024) this.#rebuild();
    else this.#push(id, due);
  }

  /** Moves an instance forward, never back. */
  hasten(id: number, due: number): void {
    if ((this.#current.get(id) ?? Number.POSITIVE_INFINITY) > due) this.set(id, due);
  }

  delete(id: number): void {
    this.#current.delete(id);
  }

  /** Takes at most `most` ids that are due, the longest due first. */
  takeDue(now: number, most: number): number[] {
    const ids: number[] = [];
    while (ids.length < most && this.next() <= now) {
      const id = this.#id[0] as number;
      this.#pop();
      this.#current.delete(id);
      ids.push(id);
    }
    return ids;
  }

  /** The earliest due time; Infinity when there is none. */
  next(): number {
    while (this.#length > 0) {
      if (this.#current.get(this.#id[0] as number) === this.#due[0]) return this.#due[0] as number;
      this.#pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  #rebuild(): void {
    this.#length = 0;
    for (const [id, due] of this.#current) this.#push(id, due);
  }

  #push(id: number, due: number): void {
    if (this.#length === this.#id.length) this.#grow();
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#due[parent] as number) <= due) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#due[at] = due;
    this.#id[at] = id;
  }

  #pop(): void {
    const last = --this.#length;
    const due = this.#due[last] as number;
    const id = this.#id[last] as number;
    let at = 0;
    while (true) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.#due[child + 1] as number) < (this.#due[child] as number)) child++;
      if ((this.#due[child] as number) >= due) break;
      this.#move(child, at);
      at = child;
    }
    this.#due[at] = due;
    this.#id[at] = id;
  }

  #move(from: number, to: number): void {
    this.#due[to] = this.#due[from] as number;
    this.#id[to] = this.#id[from] as number;
  }

  #grow(): void {
    const bigger = (old: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(old.length * 2);
      grown.set(old);
      return grown;
    };
    this.#due = bigger(this.#due);
    this.#id = bigger(this.#id);
  }
}
