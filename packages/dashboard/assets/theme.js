// Loaded before anything is drawn, so that a chosen theme never flashes. Without a choice the system's wish holds.
const kept = localStorage.getItem("theme");
if (kept) document.documentElement.dataset.theme = kept;
