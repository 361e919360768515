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
