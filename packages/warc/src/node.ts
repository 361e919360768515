export { type OpenFile, openFile } from "./bytes/file.ts";
