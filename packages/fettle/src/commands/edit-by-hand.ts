import { type Edit, FettleError, type FieldChange, type InstanceDetail } from "@fettle/engine";
import { Draft } from "./draft.ts";

type Data = Readonly<Record<string, unknown>>;

/** What is wrong with the data: who wrote it can mend it. */
const refusals: ReadonlySet<string> = new Set(["NOT_JSON", "BAD_DATA", "NEEDS_DATA"]);

/**
 * Opens the data in the person's editor, and again with the reason on top for as long as what they leave is refused. Nothing is done
 * when they change nothing. What cannot be applied for another reason is kept in its file, which `say` names.
 */
export async function editByHand(
  instance: InstanceDetail,
  apply: (edit: Edit) => Promise<readonly FieldChange[]>,
  say: (line: string) => void,
): Promise<readonly FieldChange[]> {
  await using draft = await Draft.open();
  let text = JSON.stringify(instance.data, null, 2);
  for (let refused: FettleError | undefined; ; ) {
    const left = withoutComments(await draft.edit(`${commentsOn(instance, refused)}\n${text}\n`));
    if (left === text || left === "") {
      if (refused) throw refused;
      return [];
    }
    text = left;
    try {
      const edit = differing(instance.data as Data, dataIn(text));
      return edit ? await apply(edit) : [];
    } catch (error) {
      if (!(error instanceof FettleError && refusals.has(error.code))) {
        draft.keep();
        say(`What you wrote is kept in ${draft.file}`);
        throw error;
      }
      refused = error;
    }
  }
}

function commentsOn({ machine, key, state }: InstanceDetail, refused: FettleError | undefined): string {
  const lines = [
    `The data of ${machine} ${key}, in ${state}. Lines that begin with // are left out; with no change, or nothing at all, nothing is done.`,
    ...(refused ? [`${refused.message} (${refused.code})`, ...(refused.fix === undefined ? [] : [`Fix: ${refused.fix}`])] : []),
  ];
  return lines.map((line) => `// ${line.replaceAll(/\p{Cc}+/gu, " ")}`).join("\n");
}

/** No line within JSON begins so: a text in it has no line ends. */
function withoutComments(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith("//"));
  return lines.join("\n").trim();
}

function dataIn(text: string): Data {
  const data = parsed(text);
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return data as Data;
  throw new FettleError("NOT_JSON", "Cannot use what is there as data: it is no object", { fix: "Write the fields in braces" });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FettleError("NOT_JSON", `Cannot read it as JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      fix: "Mend what the message names, or change nothing to give up",
      cause,
    });
  }
}

/** Only what differs: what others change meanwhile in other fields stays. Undefined where nothing does. */
function differing(before: Data, after: Data): Edit | undefined {
  const changed = Object.entries(after).filter(([field, value]) => JSON.stringify(before[field]) !== JSON.stringify(value));
  const remove = Object.keys(before).filter((field) => !Object.hasOwn(after, field));
  return changed.length + remove.length > 0 ? { set: Object.fromEntries(changed), remove } : undefined;
}
