// The review desk for hands and keys. Without this file every card opens by its link and every form has its button.

const cards = () => [...document.querySelectorAll("[data-card]")];
const cardOf = (key) => document.getElementById(`card-${key}`);
const openLink = (card) => card && card.querySelector("[data-open-card]");
let current = null;

// Cards and their place in the source show each other.
function mark(card, scrollSource) {
  if (!card) return;
  current = card.dataset.card;
  for (const piece of document.querySelectorAll(".src.is-current")) piece.classList.remove("is-current");
  for (const other of cards()) other.toggleAttribute("data-current", other === card);
  const pieces = document.querySelectorAll(`.src[data-opens="${CSS.escape(current)}"]`);
  for (const piece of pieces) piece.classList.add("is-current");
  if (scrollSource && pieces.length) reveal(pieces[0]);
}

// Scrolls inside the pane only; the page itself stays where it is.
function reveal(element) {
  const pane = element.closest(".pane-body");
  if (!pane) return;
  const place = element.getBoundingClientRect();
  const frame = pane.getBoundingClientRect();
  if (place.top < frame.top || place.bottom > frame.bottom) pane.scrollTop += place.top - frame.top - frame.height / 4;
}

function go(card) {
  const link = openLink(card);
  if (!link) return;
  link.focus({ preventScroll: true });
  reveal(card);
  mark(card, true);
}

function step(direction, fits = () => true) {
  const all = cards();
  const here = all.findIndex((card) => card.dataset.card === current);
  for (let n = 1; n <= all.length; n += 1) {
    const card = all[(here + direction * n + all.length * 2) % all.length];
    if (fits(card)) return go(card);
  }
}

// What shall have the focus once its card is open: clicking a number in the source leads to that number.
let wanted = null;

function settle(card) {
  const row = wanted && card.querySelector(`#${CSS.escape(wanted)}`);
  const target = row && row.querySelector("button, input:not([type=hidden])");
  wanted = null;
  if (!target) return go(card);
  mark(card, true);
  const folded = row.closest("details");
  if (folded) folded.open = true;
  reveal(row);
  target.focus({ preventScroll: true });
}

function open(key, item) {
  const card = cardOf(key);
  const link = openLink(card);
  if (!link) {
    window.location.search = `?item=${encodeURIComponent(key)}`;
    return;
  }
  wanted = item || null;
  if (card.hasAttribute("data-open")) return settle(card);
  link.click();
}

function fold(card) {
  const link = openLink(card);
  if (link && link.getAttribute("aria-expanded") === "true") link.click();
}

document.addEventListener("click", (event) => {
  const piece = event.target.closest(".src[data-opens]");
  if (piece) {
    event.preventDefault();
    open(piece.dataset.opens, piece.dataset.item);
    return;
  }
  const link = event.target.closest("[data-open-card]");
  if (link && link.getAttribute("aria-expanded") === "false") {
    for (const other of document.querySelectorAll("[data-card][data-open]")) fold(other);
  }
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest("[data-card]");
  if (card && card.dataset.card !== current) mark(card, true);
});

document.body.addEventListener("desk:open", (event) => open(event.detail.key));

// A card that has just been swapped in takes the focus, so that the keys go on from it. The event comes once for each
// element of the answer.
document.body.addEventListener("htmx:afterSwap", (event) => {
  const key = event.detail.target && event.detail.target.dataset ? event.detail.target.dataset.card : null;
  const card = key && cardOf(key);
  if (card && card.hasAttribute("data-open") && !card.contains(document.activeElement)) settle(card);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && field) {
    const card = field.closest("[data-card]");
    if (card) go(card);
    return;
  }
  if (field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const confirm = document.querySelector("[data-card][data-open] [data-confirm] button");
  const undo = document.querySelector("[data-undo] button:not([disabled])");
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => step(1, (card) => card.hasAttribute("data-unchecked")),
    a: () => confirm && confirm.click(),
    u: () => undo && undo.click(),
    s: () => current && mark(cardOf(current), true),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

// Fields of a target that its period and comparison do not use are out of the way.
document.addEventListener("change", (event) => {
  const fields = event.target.closest("[data-period]");
  if (!fields) return;
  if (event.target.name === "period") fields.dataset.period = event.target.value;
  if (event.target.name === "comparator") fields.dataset.comparator = event.target.value;
});

// What is being written right now is saved before the page goes (U4).
let waiting = 0;
document.body.addEventListener("htmx:beforeRequest", () => { waiting += 1; });
document.body.addEventListener("htmx:afterRequest", () => { waiting -= 1; });
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-autosave]");
  if (form) form.setAttribute("data-unsaved", "");
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest && event.target.closest("[data-autosave]");
  if (form && event.detail.successful) form.removeAttribute("data-unsaved");
});
window.addEventListener("beforeunload", (event) => {
  if (waiting > 0 || document.querySelector("[data-autosave][data-unsaved]")) event.preventDefault();
});

const first = document.querySelector("[data-card][data-open]");
if (first) {
  mark(first, true);
  reveal(first);
}
