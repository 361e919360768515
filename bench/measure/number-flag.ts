/** The value of a flag; throws when it is not a whole number of 0 or more. */
export function wholeNumber(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text.replaceAll("_", ""));
  if (Number.isSafeInteger(number) && number >= 0 && text !== "") return number;
  throw new RangeError(`Expected ${flag} to be a whole number, got ${text}`);
}

/** The value of a flag; throws when it is not a number above 0. */
export function positiveNumber(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new RangeError(`Expected ${flag} to be a number above 0, got ${text}`);
}
