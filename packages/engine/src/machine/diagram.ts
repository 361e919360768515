export { type DiagramOptions, diagramSvg } from "./diagram-svg.ts";
export { type Table, transitionsOf } from "./diagram-table.ts";
export { diagramText } from "./diagram-text.ts";
