import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { chromium, type Page } from "playwright-core";

const executable = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why tests in a browser cannot run here, for `skip`; false where they can. */
export const noBrowser: string | false = existsSync(executable)
  ? false
  : `SKIPPED: there is no Chromium at ${executable}: install it (apt install chromium) or name it in CHROMIUM`;

const root = join(import.meta.dirname, "../../..");
const { imports }: { imports: Record<string, { default?: string }> } = JSON.parse(
  readFileSync(join(root, "packages/warc/package.json"), "utf8"),
);

/** Bare names as a browser is to resolve them: those of the package by its condition `default`, so that nothing of Node comes with it. */
const importMap = {
  imports: {
    ...Object.fromEntries(Object.entries(imports).map(([name, { default: web = "" }]) => [name, `/${join("packages/warc", web)}`])),
    "@noble/hashes/": "/node_modules/@noble/hashes/",
    fzstd: "/node_modules/fzstd/esm/index.mjs",
  },
};

export interface Browsing extends AsyncDisposable {
  readonly page: Page;
}

/** A page of Chromium that can import the sources of this repository, without their types, and fetch `files` below `/files/`. */
export async function browse(files: ReadonlyMap<string, Uint8Array>): Promise<Browsing> {
  const server = await listen(files);
  const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  const page = await browser.newPage();
  page.on("console", (message) => process.stderr.write(`browser: ${message.text()}\n`));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function listen(files: ReadonlyMap<string, Uint8Array>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://a").pathname));
    const [type, body] = answer(path, files) ?? ["", undefined];
    response.writeHead(body === undefined ? 404 : 200, { "Content-Type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function answer(path: string, files: ReadonlyMap<string, Uint8Array>): [type: string, body: string | Uint8Array] | undefined {
  if (path === "/favicon.ico") return ["image/x-icon", ""];
  if (path === "/") return ["text/html", `<!doctype html><script type="importmap">${JSON.stringify(importMap)}</script>`];
  const file = files.get(path.replace("/files/", ""));
  if (file) return ["application/octet-stream", file];
  const source = join(root, path);
  if (!/\.m?[jt]s$/.test(path) || !existsSync(source)) return undefined;
  const code = readFileSync(source, "utf8");
  return ["text/javascript", path.endsWith(".ts") ? stripTypeScriptTypes(code) : code];
}
