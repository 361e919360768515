/** Lines that are drawn again in the same place. */
export class Screen {
  #drawn = 0;

  /** Lines that fit. */
  get rows(): number {
    return process.stdout.rows || 24;
  }

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.rows - 1);
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : "";
    // Each line is cleared to its end as it is written, and what is below at last: clearing first would flicker.
    process.stdout.write(`${up}${shown.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
    this.#drawn = shown.length;
  }
}
