import type { StandardSchemaV1 } from "@standard-schema/spec";

type Kind = "string" | "number" | "boolean";
type Field = Kind | `${Kind}?`;
type Value<F> = F extends `string${string}` ? string : F extends `number${string}` ? number : boolean;
type Shape<Fields> = { -readonly [K in keyof Fields as Fields[K] extends Kind ? K : never]: Value<Fields[K]> } & {
  -readonly [K in keyof Fields as Fields[K] extends Kind ? never : K]?: Value<Fields[K]>;
};

/**
 * A schema for flat data, so that a first machine needs no package: `object({ url: "string", beats: "number?" })`.
 * A `?` makes a field optional; other fields are refused. For more, use zod, valibot, arktype or any other Standard Schema.
 */
export function object<const Fields extends Readonly<Record<string, Field>>>(fields: Fields): StandardSchemaV1<unknown, Shape<Fields>> {
  return {
    "~standard": {
      version: 1,
      vendor: "fettle",
      validate(value) {
        const issues = problems(fields, value);
        // The check has just proved the type.
        return issues.length > 0 ? { issues } : { value: { ...(value as Shape<Fields>) } };
      },
    },
  };
}

function problems(fields: Readonly<Record<string, Field>>, value: unknown): StandardSchemaV1.Issue[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ message: "expected an object" }];
  const given = new Map(Object.entries(value));
  const wrong = Object.entries(fields).flatMap(([name, field]) => {
    const kind = field.replace("?", "");
    const found = given.get(name);
    if (typeof found === kind || (found === undefined && field.endsWith("?"))) return [];
    return [{ path: [name], message: found === undefined ? `expected a ${kind}` : `expected a ${kind}, got ${JSON.stringify(found)}` }];
  });
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(fields, name));
  return [...wrong, ...unknown.map((name) => ({ path: [name], message: "is not a field of this machine" }))];
}
