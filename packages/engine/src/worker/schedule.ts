/**
 * Which instances are due when, in memory: a binary heap of (due, id) with a hash table of where each id lies in it, all in typed
 * arrays, so that a million of them are some 30 bytes each and nothing for the garbage collector to walk.
 */
export class Schedule {
  #due = new Float64Array(smallest);
  #id = new Float64Array(smallest);
  /** Of the entry at that place of the heap: its place in the table. */
  #cell = new Int32Array(smallest);
  /** The place in the heap, plus one; 0 for an empty cell. Linear probing, at most half full. */
  #table = new Int32Array(smallest * 2);
  #length = 0;

  get size(): number {
    return this.#length;
  }

  has(id: number): boolean {
    return this.#table[this.#find(id)] !== 0;
  }

  /** Infinity for one that is not in it. */
  dueOf(id: number): number {
    const place = this.#table[this.#find(id)] as number;
    return place === 0 ? Number.POSITIVE_INFINITY : (this.#due[place - 1] as number);
  }

  set(id: number, due: number): void {
    let cell = this.#find(id);
    const place = this.#table[cell] as number;
    if (place !== 0) return this.#change(place - 1, due);
    if (this.#length === this.#id.length) {
      this.#grow();
      cell = this.#find(id);
    }
    this.#put(this.#length++, id, due, cell);
    this.#rise(this.#length - 1);
  }

  addAll(other: Schedule): void {
    for (let place = 0; place < other.#length; place++) this.set(other.#id[place] as number, other.#due[place] as number);
  }

  delete(id: number): void {
    const place = this.#table[this.#find(id)] as number;
    if (place !== 0) this.#remove(place - 1);
  }

  /** Keeps only the instances that `keeps` is true for. */
  retain(keeps: (id: number) => boolean): void {
    const ids = this.#id.slice(0, this.#length);
    const dues = this.#due.slice(0, this.#length);
    this.#length = 0;
    this.#table.fill(0);
    ids.forEach((id, index) => {
      if (keeps(id)) this.set(id, dues[index] as number);
    });
  }

  /** Takes at most `most` ids that are due, the longest due first. */
  takeDue(now: number, most: number): number[] {
    const ids: number[] = [];
    while (ids.length < most && this.next() <= now) {
      ids.push(this.#id[0] as number);
      this.#remove(0);
    }
    return ids;
  }

  /** The earliest due time; Infinity when there is none. */
  next(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#due[0] as number);
  }

  /** The cell that holds the id, or the empty one that it would be put into. */
  #find(id: number): number {
    const mask = this.#table.length - 1;
    let cell = hash(id) & mask;
    while (true) {
      const place = this.#table[cell] as number;
      if (place === 0 || this.#id[place - 1] === id) return cell;
      cell = (cell + 1) & mask;
    }
  }

  #change(place: number, due: number): void {
    const before = this.#due[place] as number;
    this.#due[place] = due;
    if (due < before) this.#rise(place);
    else this.#sink(place);
  }

  #remove(place: number): void {
    this.#empty(this.#cell[place] as number);
    const last = --this.#length;
    if (place === last) return;
    this.#move(last, place);
    this.#rise(place);
    this.#sink(place);
  }

  /** Moves what follows back, so that no search ends too early. */
  #empty(hole: number): void {
    const mask = this.#table.length - 1;
    for (let cell = (hole + 1) & mask; this.#table[cell] !== 0; cell = (cell + 1) & mask) {
      const place = (this.#table[cell] as number) - 1;
      const home = hash(this.#id[place] as number) & mask;
      if (((cell - home) & mask) < ((cell - hole) & mask)) continue;
      this.#table[hole] = place + 1;
      this.#cell[place] = hole;
      hole = cell;
    }
    this.#table[hole] = 0;
  }

  #rise(place: number): void {
    const id = this.#id[place] as number;
    const due = this.#due[place] as number;
    const cell = this.#cell[place] as number;
    let at = place;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#due[parent] as number) <= due) break;
      this.#move(parent, at);
      at = parent;
    }
    if (at !== place) this.#put(at, id, due, cell);
  }

  #sink(place: number): void {
    const id = this.#id[place] as number;
    const due = this.#due[place] as number;
    const cell = this.#cell[place] as number;
    let at = place;
    while (true) {
      let child = 2 * at + 1;
      if (child >= this.#length) break;
      if (child + 1 < this.#length && (this.#due[child + 1] as number) < (this.#due[child] as number)) child++;
      if ((this.#due[child] as number) >= due) break;
      this.#move(child, at);
      at = child;
    }
    if (at !== place) this.#put(at, id, due, cell);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#id[from] as number, this.#due[from] as number, this.#cell[from] as number);
  }

  #put(place: number, id: number, due: number, cell: number): void {
    this.#id[place] = id;
    this.#due[place] = due;
    this.#cell[place] = cell;
    this.#table[cell] = place + 1;
  }

  #grow(): void {
    const size = this.#id.length * 2;
    const bigger = (old: Float64Array<ArrayBuffer>) => {
      const grown = new Float64Array(size);
      grown.set(old);
      return grown;
    };
    this.#due = bigger(this.#due);
    this.#id = bigger(this.#id);
    this.#cell = new Int32Array(size);
    this.#table = new Int32Array(size * 2);
    for (let place = 0; place < this.#length; place++) {
      const cell = this.#find(this.#id[place] as number);
      this.#cell[place] = cell;
      this.#table[cell] = place + 1;
    }
  }
}

const smallest = 64;

/** Ids are neighbours, and grow beyond 32 bits: both halves count. */
function hash(id: number): number {
  const low = id >>> 0;
  const high = (id / 2 ** 32) >>> 0;
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
