// Keys of the desks, read from the help table itself, so that the list shown and the keys that work are
// one. A key never fires while something is typed or an input method composes; Ctrl+Enter sends the form
// in which one types. The whole can be switched off (data-keys="off"), and each by its box in the table, in this browser.
const help = document.getElementById("keys-help");
const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;
let prefix = "";
let prefixTimer = 0;

const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(radio|checkbox|button|submit)$/.test(el.type);

function move(step) {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, at + step));
  rows[at].classList.add("at");
  rows[at].querySelector("a")?.focus();
}

const OFF = "keys-off";
const off = new Set(read());

function read() {
  try { return JSON.parse(localStorage.getItem(OFF)) ?? []; } catch { return []; }
}

for (const row of help?.querySelectorAll("[data-key]") ?? []) {
  const box = row.querySelector("input");
  if (!box) continue;
  box.checked = !off.has(row.dataset.key);
  box.addEventListener("change", () => {
    off[box.checked ? "delete" : "add"](row.dataset.key);
    try { localStorage.setItem(OFF, JSON.stringify([...off])); } catch { /* then it holds for this page */ }
  });
}

const deeds = {
  help: () => help.showModal(),
  next: () => move(1),
  prev: () => move(-1),
  open: () => rows[at]?.querySelector("a")?.click(),
  select: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
};

// Goes to where something is written, or to the button of what needs no words; Enter then does it.
function reveal(target) {
  target.closest("details")?.setAttribute("open", "");
  if (target.matches("details")) {
    target.open = true;
    target.scrollIntoView({ block: "nearest" });
  }
  const inside = target.querySelector("textarea, input:not([type=hidden]), select") ?? target.querySelector("summary, button");
  (target.tabIndex < 0 || target.matches("details") ? inside : target)?.focus();
}

function act({ href, click, focus, do: deed }) {
  if (href) location.assign(href);
  else if (click) { const el = document.querySelector(click); el?.click(); el?.focus(); }
  else if (focus) { const el = document.querySelector(focus); if (el) reveal(el); }
  else if (deed in deeds) deeds[deed]();
}

function pressed(event) {
  if (composing(event) || event.altKey) return;
  // Esc leaves what is being typed, so that the next key is a key again; the words stay.
  if (event.key === "Escape" && typing(event.target) && !document.querySelector("dialog[open]")) return event.target.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form");
    if (form) { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const stroke = prefix + event.key;
  const found = [...help.querySelectorAll("[data-key]")].find((row) => row.dataset.key === stroke && !off.has(stroke));
  clearTimeout(prefixTimer);
  prefix = !found && event.key === "g" ? "g " : "";
  prefixTimer = setTimeout(() => { prefix = ""; }, 1200);
  // Enter on a link or a button is the browser's own, and on a choice it sends the form.
  if (!found || event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  event.preventDefault();
  act(found.dataset);
}

if (help?.dataset.keys === "on") document.addEventListener("keydown", pressed);

// On a phone the rooms stand in one line that scrolls: begin where the reader is.
const here = document.querySelector(".rail nav [aria-current]");
const rooms = here?.closest("nav");
if (rooms) {
  rooms.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - rooms.clientWidth / 2;
  rooms.scrollTop = here.offsetTop + here.offsetHeight / 2 - rooms.clientHeight / 2;
}
