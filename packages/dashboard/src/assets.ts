import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Hono } from "hono";

const types = {
  "base.css": "text/css; charset=utf-8",
  "frame.css": "text/css; charset=utf-8",
  "narrow.css": "text/css; charset=utf-8",
  "views.css": "text/css; charset=utf-8",
  "fettle.js": "text/javascript; charset=utf-8",
  "keys.js": "text/javascript; charset=utf-8",
  "live.js": "text/javascript; charset=utf-8",
  "morph.js": "text/javascript; charset=utf-8",
  "sheet.js": "text/javascript; charset=utf-8",
  "theme.js": "text/javascript; charset=utf-8",
  "time.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

/** Serves the files of `assets/`, and no other: read once, asked about again on each load, sent only when they changed. */
export async function assets(): Promise<Hono> {
  const app = new Hono();
  for (const [name, type] of Object.entries(types)) {
    const content = await readFile(new URL(`../assets/${name}`, import.meta.url));
    const tag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 16)}"`;
    app.get(`/${name}`, (c) => {
      c.header("Cache-Control", "no-cache");
      c.header("ETag", tag);
      if (c.req.header("if-none-match") === tag) return c.body(null, 304);
      return c.body(content, 200, { "Content-Type": type });
    });
  }
  return app;
}
