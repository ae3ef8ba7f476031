"""Measurements taken in the page; each returns the findings as short texts, an empty list where all is well."""

VISIBLE = """
const visible = (e) => {
  const box = e.getBoundingClientRect();
  const style = getComputedStyle(e);
  return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.opacity !== "0" && !e.closest(".visually-hidden, .skip");
};
const says = (e) => `${e.tagName.toLowerCase()}.${e.className.baseVal ?? e.className} “${(e.innerText || e.getAttribute("aria-label") || e.name || "").trim().slice(0, 20)}”`;
const texts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && visible(node.parentElement) && !node.parentElement.closest("script, style, noscript, option")) found.push(node);
  }
  return found;
};
"""

# A8: all words of the elder theme at least 18 px, lines at least 1.3 (and our own 1.5, A20) times their size
SMALL_TEXT = (
    "(least) => {"
    + VISIBLE
    + """
  return texts().filter((n) => parseFloat(getComputedStyle(n.parentElement).fontSize) < least - 0.01)
    .map((n) => `${getComputedStyle(n.parentElement).fontSize} ${says(n.parentElement)}`);
}"""
)
TIGHT_LINES = (
    "(least) => {"
    + VISIBLE
    + """
  return texts().filter((n) => !n.parentElement.closest("svg")).filter((n) => {
    const style = getComputedStyle(n.parentElement);
    return parseFloat(style.lineHeight) / parseFloat(style.fontSize) < least - 0.01;
  }).map((n) => `${getComputedStyle(n.parentElement).lineHeight} ${says(n.parentElement)}`);
}"""
)
# A9: nothing below 24 px unless it stands in a line of text or has that much room around it; main controls larger
SMALL_TARGETS = (
    "(least) => {"
    + VISIBLE
    + """
  const inText = (e) => getComputedStyle(e).display === "inline" && e.parentElement.innerText.trim().length > e.innerText.trim().length;
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(visible);
  const main = (e) => e.matches(".button:not(.button-small), button:not(.button-small):not([class^=choice-]), .site-nav a, .field input:not([type=checkbox]):not([type=radio]), .field select, .tabs a");
  return all.filter((e) => {
    const box = e.getBoundingClientRect();
    const needed = main(e) && !e.closest(".desk-bar") ? least : 24;
    return !inText(e) && Math.min(box.width, box.height) < needed - 0.5 && !(needed === 24 && e.closest("label"));
  }).map((e) => `${Math.round(e.getBoundingClientRect().width)}×${Math.round(e.getBoundingClientRect().height)} ${says(e)}`);
}"""
)
SIDEWAYS = (
    "() => {"
    + VISIBLE
    + """
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.body.querySelectorAll("*")].filter((e) => visible(e) && e.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 5).map((e) => `${Math.round(e.getBoundingClientRect().right)} > ${root.clientWidth} ${says(e)}`);
}"""
)
# A20: no line begins with closing or ends with opening punctuation, and none is longer than 40 Han characters
BAD_LINES = (
    "() => {"
    + VISIBLE
    + """
  const blocks = new Set(texts().map((n) => n.parentElement.closest("p, li, dd, dt, td, th, h1, h2, h3, label, legend, figcaption, div")));
  const found = [];
  const range = document.createRange();
  for (const block of blocks) {
    if (!block || block.querySelector("p, li, dd, td, h1, h2, h3, div, input, textarea, select") || block.closest("svg, pre, .chip, .crumbs, nav")) continue;
    const lines = [];
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (let i = 0; i < node.data.length; i++) {
        const c = node.data[i];
        if (!c.trim()) continue;
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const box = range.getBoundingClientRect();
        if (!box.height) continue;
        const last = lines[lines.length - 1];
        if (last && box.left >= last.left && Math.abs(box.bottom - last.bottom) < box.height / 2) { last.text += c; last.left = box.left; }
        else lines.push({ text: c, left: box.left, bottom: box.bottom });
      }
    }
    lines.forEach((line, n) => {
      if (n > 0 && /^[，。、；：？！）》”]/.test(line.text)) found.push(`begins: ${line.text.slice(0, 12)}`);
      if (n < lines.length - 1 && /[（《“]$/.test(line.text)) found.push(`ends: ${line.text.slice(-12)}`);
      if ((line.text.match(/[\\u4e00-\\u9fff，。、；：？！（）《》“”]/g) || []).length > 40) found.push(`long: ${line.text}`);
    });
  }
  return found;
}"""
)
# A11: in elder mode nothing floats, one column, at most eight main entries
ELDER_LAYOUT = (
    "() => {"
    + VISIBLE
    + """
  const found = [];
  for (const e of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(e);
    if (!visible(e)) continue;
    if ((style.position === "fixed" || style.position === "sticky") && !e.closest("header")) found.push(`floats: ${says(e)}`);
    if (style.display === "grid" && !e.matches(".notice, .review-progress, .facts, .pairs, .shortcuts, .data-table *") && style.gridTemplateColumns.split(" ").length > 1) found.push(`columns: ${says(e)}`);
  }
  const entries = document.querySelectorAll(".site-nav a").length;
  if (entries > 8) found.push(`${entries} main entries`);
  return found;
}"""
)
# A21: a chip says its state in words and shows it by a shape
WORDLESS_CHIPS = (
    "() => {"
    + VISIBLE
    + """
  return [...document.querySelectorAll(".chip")].filter((e) => visible(e) && !(e.innerText.trim() && e.querySelector("svg"))).map(says);
}"""
)
# U20: no word of a machine and no English sentence; code and keys are shown on purpose
FOREIGN_WORDS = (
    "() => {"
    + VISIBLE
    + """
  return texts().filter((n) => !n.parentElement.closest("code, kbd, .code"))
    .map((n) => n.data.trim())
    .filter((t) => /\\b(error|exception|traceback|undefined|none|null|nan|not found|forbidden|internal)\\b/i.test(t) || /[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}/.test(t));
}"""
)
# A3: what has the focus is what one sees at its middle
COVERED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const there = document.elementFromPoint(Math.min(box.left + box.width / 2, innerWidth - 1), Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
  const seen = there && (e === there || e.contains(there) || there.contains(e) || (e.labels && [...e.labels].some((l) => l.contains(there))));
  return { seen: Boolean(seen), what: `${e.tagName} ${(e.innerText || e.name || "").trim().slice(0, 20)}`, key: `${e.tagName}${e.id}${box.top + scrollY},${box.left}` };
}"""
