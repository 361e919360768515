export { type Exploration, type Explored, explore } from "./explore.ts";
export { type Alone, type Decided, runState } from "./run-state.ts";
export { type CrashPoint, type SeenInTest, type TestWorld, testWorld } from "./world.ts";
