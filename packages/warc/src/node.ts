export { type OpenFile, openFile } from "./bytes/file.ts";
export { openCluster, writeCluster } from "./cdx/node/cluster.ts";
export { mergeIndexes, sortIndex } from "./cdx/node/sort.ts";
export { createWaczFile } from "./wacz/node/wacz-file.ts";
export { type CreateOptions, createFile } from "./write/node/create-file.ts";
