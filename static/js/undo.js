// Counts down the seconds in which a move can be undone. Without it the moment itself stands there.
(() => {
  for (const left of document.querySelectorAll("[data-seconds]")) {
    const end = Date.now() + Number(left.dataset.seconds) * 1000;
    const tell = () => {
      const seconds = Math.round((end - Date.now()) / 1000);
      if (seconds < 0) {
        clearInterval(timer);
        left.textContent = " (over now)";
        return;
      }
      const minutes = Math.floor(seconds / 60);
      left.textContent = ` (${minutes ? `${minutes} min ` : ""}${seconds % 60} s left)`;
    };
    const timer = setInterval(tell, 1000);
    tell();
  }
})();
