import type { Machine } from "./machine.ts";

/** Which fields must be there in which state. */
export type NeedsOf<Table, Data> = { readonly [S in keyof Table]?: readonly (keyof Data & string)[] };

/** The fields that a state needs. */
export type FieldsOf<Needs, State> = State extends keyof Needs ? (Needs[State] extends readonly (infer Field)[] ? Field : never) : never;

/** Data in which some fields are surely there. */
export type Needed<Data, Field> = [Field] extends [never] ? Data : Data & Present<Data, Field>;

type Present<Data, Field> = { readonly [F in Field & keyof Data]-?: NonNullable<Data[F]> };

/** What a state owes each of those that it leads to: fields that those need and that it does not have itself. */
export type Owed<Next extends string, Needs, State> = {
  readonly [To in Next as [Exclude<FieldsOf<Needs, To>, FieldsOf<Needs, State>>] extends [never] ? never : To]: Exclude<
    FieldsOf<Needs, To>,
    FieldsOf<Needs, State>
  >;
};

/** The patch of a transition: it may be left out only where nothing is owed. */
export type Patch<Data, Owes, To> = [Extract<To, keyof Owes>] extends [never]
  ? [patch?: Partial<Data>]
  : [patch: Partial<Data> & Present<Data, Owes[Extract<To, keyof Owes>]>];

/** The fields that a state needs and data lacks. */
export function lacking(needs: Machine["needs"], state: string, data: object): string[] {
  const has = (field: string) => field in data && (data as Readonly<Record<string, unknown>>)[field] !== null;
  return (needs[state] ?? []).filter((field) => !has(field));
}
