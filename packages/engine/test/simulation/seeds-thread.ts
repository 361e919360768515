import { parentPort, workerData } from "node:worker_threads";
import { firstFailure } from "./simulate.ts";

const { first, count } = workerData as { first: number; count: number };
parentPort?.postMessage(await firstFailure(first, count));
