export * from "@fettle/engine";
export { type Config, defineConfig } from "./config/config.ts";
export { object } from "./object.ts";
