import { listenToKeys } from "./keys.js";
import { goLive } from "./live.js";
import { listenToActs } from "./sheet.js";
import { keepTime } from "./time.js";

keepTime();
listenToActs();
listenToKeys();
goLive();

// A narrow screen shows a part of the drawing: the part that matters.
const present = document.querySelector(".drawing .present");
if (present) {
  const drawing = present.closest(".drawing");
  const { left, width } = present.getBoundingClientRect();
  drawing.scrollLeft += left + width / 2 - drawing.getBoundingClientRect().left - drawing.clientWidth / 2;
}
