/** What the command ends with. Scripts rely on these numbers: they never change. */
export const exit = {
  /** Nothing of severity error was found. */
  sound: 0,
  /** Something of severity error was found. */
  faulty: 1,
  /** The command line is wrong, or a file that it names cannot be read. */
  usage: 2,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** What a command ends with that has looked at files. */
export function exitOf(areAllRead: boolean, errors: number): ExitCode {
  if (!areAllRead) return exit.usage;
  return errors > 0 ? exit.faulty : exit.sound;
}
