// Shows answers below the search line while somebody types, from two characters on; nothing while an input method
// composes. Without this file the form is sent and the page comes back with the same answers.
const PAUSE = 250;
const LEAST = 2;
const form = document.querySelector("form[data-found]");
const field = form?.elements.q;
const place = document.getElementById("found");
// One short sentence is spoken; the list below it is read by who wants to.
const said = document.getElementById("said");
let timer = 0;
let asked = 0;

async function look() {
  const typed = field.value.trim();
  const mine = ++asked;
  if (typed.length < LEAST) { place.replaceChildren(); said.textContent = ""; return; }
  const answer = await fetch(`${form.dataset.found}?${new URLSearchParams({ q: typed })}`).catch(() => null);
  // A later question is on its way, or the line is lost: what is shown stays.
  if (mine !== asked || !answer?.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return;
  place.replaceChildren(...part.body.childNodes);
  said.textContent = place.querySelector("[data-said]")?.dataset.said ?? "";
}

field?.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(look, PAUSE);
});
field?.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
