// Completes the query line: what may stand at the cursor comes from the server, chosen with the arrows and Enter or
// Tab, or with the mouse. Nothing happens while an input method composes; Escape closes; without this file the line
// is a plain field of a plain form. A comma typed right behind what was chosen closes the gap that the choice left, so
// that lists of values are written without going back.
const PAUSE = 120;
const COMMAS = ",，、";

function watch(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.suggestWords);
  list.hidden = true;
  field.parentElement.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  field.autocomplete = "off";
  let found = [];
  let at = -1;
  let timer = 0;
  let asked = 0;
  let gap = -1;

  function close() {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function mark(next) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = next;
    const option = list.children[at];
    if (!option) { field.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function choose(place) {
    const { line, cursor } = found[place];
    field.value = line;
    field.setSelectionRange(cursor, cursor);
    close();
    field.focus();
    gap = line[cursor - 1] === " " ? cursor : -1;
    typed();
  }

  function show() {
    list.replaceChildren(...found.map((one, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const about = document.createElement("small");
      about.textContent = one.about;
      option.append(one.shown, " ", about);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(place); });
      return option;
    }));
    at = -1;
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(found.length > 0));
  }

  async function ask() {
    const mine = ++asked;
    const url = new URL(field.dataset.suggest, location.href);
    url.searchParams.set("q", field.value);
    url.searchParams.set("at", field.selectionStart);
    try {
      const answer = await fetch(url);
      const told = answer.ok ? await answer.json() : [];
      if (mine !== asked || document.activeElement !== field) return;
      found = told;
      show();
    } catch {
      close();
    }
  }

  // Between two words nothing is offered unless one asks with the arrow.
  function typed() {
    const { value, selectionStart } = field;
    if (gap > 0 && selectionStart === gap + 1 && COMMAS.includes(value[gap])) {
      field.value = value.slice(0, gap - 1) + value.slice(gap);
      field.setSelectionRange(gap, gap);
    }
    if (selectionStart !== gap) gap = -1;
    if (/\S$/.test(field.value.slice(0, field.selectionStart))) later();
    else close();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  field.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
  field.addEventListener("compositionend", typed);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark((at + 1) % found.length);
    else if (event.key === "ArrowUp") mark(at <= 0 ? found.length - 1 : at - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) choose(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

for (const field of document.querySelectorAll("[data-suggest]")) watch(field);
