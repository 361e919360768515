import { styleText } from "node:util";

type Paint = (text: string) => string;

/** Colours, where standard output takes them: a terminal, unless NO_COLOR says otherwise. */
export const bold: Paint = (text) => styleText("bold", text);
export const dim: Paint = (text) => styleText("dim", text);
export const red: Paint = (text) => styleText("red", text);
export const green: Paint = (text) => styleText("green", text);
export const yellow: Paint = (text) => styleText("yellow", text);
