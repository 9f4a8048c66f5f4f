// Keeps what is typed: a second after the last key, and every two seconds while somebody goes on typing, the form
// goes to `data-autosave-url` (answer 204), and to this browser as well, so that a lost line or a killed browser
// loses nothing. A draft is offered back
// into choices and into text fields that the server left empty (with `data-draft-whole`, where what is saved is the
// text itself, into all fields: the copy here is dropped as soon as the server has it), and is dropped once the form has been sent for good
// (the next page carries `data-draft-done="<draft key>"`). Passwords, files and tokens are never kept.
const PAUSE = 1000;
const LONGEST = 2000;
// A request that may outlive its page carries 64 KiB at most.
const OUTLIVES = 60_000;
const SKIPPED = new Set(["csrf_token", "version"]);

function valuesOf(form) {
  const out = {};
  for (const el of form.elements) {
    const kept = el.name && !SKIPPED.has(el.name) && !["file", "password", "submit", "button", "hidden"].includes(el.type);
    if (!kept) continue;
    if (el.type === "checkbox") out[el.name] = el.checked ? el.value : "";
    else if (el.type === "radio") { if (el.checked) out[el.name] = el.value; }
    else out[el.name] = el.value;
  }
  return out;
}

function fill(form, values, whole) {
  let changed = false;
  for (const el of form.elements) {
    if (!(el.name in values) || ["file", "password", "submit", "hidden"].includes(el.type)) continue;
    if (el.type === "checkbox" || el.type === "radio") {
      const wanted = values[el.name] === el.value;
      changed ||= wanted !== el.checked;
      el.checked = wanted;
    } else if (el.tagName === "SELECT" || whole ? el.value !== values[el.name] : !el.value && values[el.name]) {
      el.value = values[el.name];
      changed = true;
    }
  }
  return changed;
}

const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the server copy remains */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

function tend(form) {
  const key = `draft:${form.dataset.draft}`;
  const line = form.querySelector("[data-saved]");
  const say = (words) => { if (line) line.textContent = (line.dataset[words] ?? "").replace("{time}", now()); };
  const now = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  let timer = 0;
  let since = 0;

  const kept = store.read(key);
  const whole = "draftWhole" in form.dataset;
  if (kept && fill(form, kept, whole)) offerDiscard();
  else if (whole) store.drop(key);

  function offerDiscard() {
    say("wordsRestored");
    if (!line) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button link";
    button.textContent = line.dataset.wordsDiscard;
    button.addEventListener("click", () => { store.drop(key); form.reset(); line.textContent = ""; });
    line.append(" ", button);
  }

  async function save() {
    timer = since = 0;
    const values = valuesOf(form);
    store.write(key, values);
    if (!form.dataset.autosaveUrl) return say("wordsSaved");
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const token = form.elements.csrf_token?.value;
    // keepalive: what was typed a moment before the page is left still arrives.
    const keepalive = new TextEncoder().encode(Object.values(values).join("")).length < OUTLIVES;
    const answer = await fetch(form.dataset.autosaveUrl, {
      method: "POST", body, keepalive, headers: token ? { "X-CSRFToken": token } : {},
    }).catch(() => null);
    // A session that has ended answers with the login page: nothing was saved there.
    const arrived = answer?.ok && !answer.redirected;
    if (arrived && whole && !timer) store.drop(key);
    say(arrived ? "wordsSaved" : "wordsLocal");
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  });
  // The tab may be killed at any moment from here on: the local copy is written at once.
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) store.write(key, valuesOf(form)); });
  window.addEventListener("pagehide", () => { if (timer) { clearTimeout(timer); save(); } });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = 0;
    // Whatever becomes of it on its way, an ended session too; an older copy would be offered over what was sent.
    store.write(key, valuesOf(form));
  });
}

for (const done of document.querySelectorAll("[data-draft-done]")) store.drop(`draft:${done.dataset.draftDone}`);
for (const form of document.querySelectorAll("form[data-draft]")) tend(form);
