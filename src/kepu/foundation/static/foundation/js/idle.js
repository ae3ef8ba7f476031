// Before an unused session ends, its pages say so and let it be kept (WCAG 2.2.1). All windows of a browser share one session.

const WARN = 5 * 60_000; // ms before the end
const KEY = "kepu-used";
const box = document.querySelector("[data-idle]");

if (box) {
  const limit = Number(box.dataset.idle) * 1000;
  const [soon, over] = ["[data-soon]", "[data-over]"].map((part) => box.querySelector(part));
  let timer = 0;

  const used = () => {
    try {
      return Number(localStorage.getItem(KEY)) || opened;
    } catch {
      return opened; // storage is off: this window counts alone
    }
  };
  let opened = 0;

  function touch() {
    opened = Date.now();
    try {
      localStorage.setItem(KEY, String(opened));
    } catch {
      // as above
    }
    look();
  }

  function look() {
    clearTimeout(timer);
    const idle = Date.now() - Math.max(used(), opened);
    box.hidden = idle < limit - WARN;
    soon.hidden = idle >= limit;
    over.hidden = idle < limit;
    const next = box.hidden ? limit - WARN - idle : limit - idle;
    if (next > 0) timer = setTimeout(look, next + 50);
  }

  soon.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(box.dataset.keep, { method: "HEAD", redirect: "manual" }).catch(() => null);
    if (answer && answer.ok) touch();
  });
  document.addEventListener("htmx:afterRequest", touch);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("storage", (event) => event.key === KEY && look());
  touch();
}
