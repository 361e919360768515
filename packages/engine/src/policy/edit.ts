/** An edit of data by hand: fields to set, and fields to take out. What it does not name stays as it is. */
export interface Edit {
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** A field that an edit has changed; absent values were not there. */
export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export function edited(data: object, { set = {}, remove = [] }: Edit): object {
  const whole: Record<string, unknown> = { ...data, ...set };
  for (const field of remove) delete whole[field];
  return whole;
}

/** What differs between two versions of the data, by field. */
export function changesOf(before: object, after: object): FieldChange[] {
  const [old, fresh] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return fields
    .filter((field) => JSON.stringify(old[field]) !== JSON.stringify(fresh[field]))
    .map((field) => ({
      field,
      ...(field in old && { before: old[field] }),
      ...(field in fresh && { after: fresh[field] }),
    }));
}
