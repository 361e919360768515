import { listenToKeys } from "./keys.js";
import { goLive } from "./live.js";
import { listenToActs } from "./sheet.js";
import { keepTime } from "./time.js";

keepTime();
listenToActs();
listenToKeys();
goLive();
