/**
 * The date of an ARC record in the form of WARC-Date, UTC. ARC files have 14 digits, or as few as 8, or more with fractions; undefined
 * where they are no date, as 99999999999999 is none.
 */
export function arcDate(digits: string | undefined): string | undefined {
  if (digits === undefined || !/^\d{8,}$/.test(digits)) return undefined;
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at) => digits.slice(at, at === 0 ? 4 : at + 2).padEnd(2, "0"));
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const date = new Date(text);
  // A day that the month has not got would be taken for one of the next month.
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined : text;
}
