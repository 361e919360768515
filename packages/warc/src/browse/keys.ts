/** A key by its name, or by the character that it types. */
export type Key = string;

const named: Readonly<Record<string, Key>> = {
  "\r": "enter",
  "\n": "enter",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x03": "interrupt",
  "\x04": "interrupt",
  "\x1b": "escape",
  "\x1b[A": "up",
  "\x1b[B": "down",
  "\x1b[C": "right",
  "\x1b[D": "left",
  "\x1bOA": "up",
  "\x1bOB": "down",
  "\x1bOC": "right",
  "\x1bOD": "left",
  "\x1b[5~": "pageUp",
  "\x1b[6~": "pageDown",
  "\x1b[H": "home",
  "\x1b[F": "end",
  "\x1b[1~": "home",
  "\x1b[4~": "end",
};

/** The keys in what a terminal sends at once. A key that has no name and types nothing is left out. */
export function parseKeys(text: string): readonly Key[] {
  const parts = text.match(/\x1b\[[\d;]*[A-Za-z~]|\x1bO[A-Za-z]|[\s\S]/gu) ?? [];
  return parts.flatMap((part) => {
    const name = Object.hasOwn(named, part) ? named[part] : undefined;
    if (name !== undefined) return [name];
    return /^[^\p{Cc}]$/u.test(part) ? [part] : [];
  });
}
