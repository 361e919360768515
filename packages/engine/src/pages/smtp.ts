import { FettleError } from "../error.ts";
import type { Notice, Way } from "../worker/way.ts";
import { checkSecret } from "./post.ts";
import { request, sentence } from "./sentence.ts";

export interface SmtpOptions {
  /** `smtps://user:password@mail.example.org`, or `smtp://` with a port where the server starts TLS by itself. It is a secret. */
  readonly url: string | undefined;
  readonly from: string;
  readonly to: string | readonly string[];
  /** Default `smtp`. */
  readonly name?: string | undefined;
}

/** Pages as mails; those of one page are one conversation. Throws BAD_CONFIG. */
export function smtp({ url, from, to, name = "smtp" }: SmtpOptions): Way {
  const server = serverOf(name, checkSecret(name, "url", url));
  return {
    name,
    async tell(notice, abort) {
      // Loaded by those who send mail, and by nobody else.
      const { createTransport } = await import("nodemailer");
      const transport = createTransport({ ...server, connectionTimeout: 5000, greetingTimeout: 5000, socketTimeout: 10_000 });
      using _ = { [Symbol.dispose]: () => transport.close() };
      abort.throwIfAborted();
      try {
        await transport.sendMail({ from, to: [to].flat(), ...mailOf(notice, from) });
      } catch (error) {
        throw refusal(name, error);
      }
    },
  };
}

/** One page is one thread: the first mail has the id that the later ones refer to. */
function mailOf(
  notice: Notice,
  from: string,
): { subject: string; text: string; messageId?: string; inReplyTo?: string; references?: string } {
  const { act, page, token } = notice;
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? "fettle.invalid";
  const id = `<${token}@${domain}>`;
  const subject = sentence(notice).replaceAll(/\s+/g, " ").slice(0, 200);
  const lines = [sentence(notice), "", `Opened ${page.opened}, raised ${page.count} times, last ${page.last}`, request(notice) ?? ""];
  const thread = act === "open" ? { messageId: id } : { inReplyTo: id, references: id };
  return { subject, text: lines.join("\n").trimEnd(), ...thread };
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

function serverOf(name: string, text: string): Server {
  const url = URL.parse(text);
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
    throw new FettleError("BAD_CONFIG", `Cannot use ${name}: its url is no smtp:// or smtps:// address`, {
      fix: "Write smtps://user:password@mail.example.org, from the environment",
    });
  }
  const secure = url.protocol === "smtps:";
  const auth = url.username === "" ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } };
  return { host: url.hostname, port: url.port === "" ? (secure ? 465 : 587) : Number(url.port), secure, ...auth };
}

/** What the server said may repeat what it was given, so only its number is told. */
function refusal(name: string, error: unknown): FettleError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const said = typeof responseCode === "number" ? `refused it with ${responseCode}` : `cannot be reached: ${String(code ?? "it failed")}`;
  return new FettleError("DELIVERY_FAILED", `${name} ${said}`, { fix: "See whether the server, the name and the password are right" });
}
