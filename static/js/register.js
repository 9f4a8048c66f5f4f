// What stands beside the operator's form follows the typing: the caller's past, what the words suggest, danger.
// Without this file the "look up" button draws the page again, with everything typed still in it.
const PAUSE = 800;
const form = document.querySelector("form[data-beside-url]");
const aside = document.getElementById("beside");
let timer = 0;
let asked = 0;

async function look() {
  clearTimeout(timer);
  const mine = ++asked;
  const body = new FormData(form);
  body.delete("uploads");
  const answer = await fetch(form.dataset.besideUrl, { method: "POST", body }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const html = await answer.text();
  if (mine === asked) aside.innerHTML = html;
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "look") return;
  event.preventDefault();
  look();
});
