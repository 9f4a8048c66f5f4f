// Says who else is looking: on the ticket's page and beside the rows of a list. A page that is hidden says nothing.
const PAUSE = 15_000;
const page = document.querySelector("[data-looking]");
const list = document.querySelector("[data-lookers]");

async function told(url) {
  try {
    const answer = await fetch(url, { cache: "no-store" });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

function say(place, names, words) {
  const text = names.length ? words.replace("{names}", names.join("、")) : "";
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

async function onTicket() {
  if (!document.hidden) say(page, (await told(page.dataset.looking)).others ?? [], page.dataset.words);
  setTimeout(onTicket, PAUSE);
}

async function onList() {
  const rows = new Map();
  for (const row of document.querySelectorAll("[data-row]")) {
    const number = row.querySelector("a.title")?.pathname.match(/\/(\d{13})$/)?.[1];
    if (number) rows.set(number, row);
  }
  if (!document.hidden && rows.size) {
    const others = await told(`${list.dataset.lookers}?n=${[...rows.keys()].join(",")}`);
    for (const [number, row] of rows) {
      let place = row.querySelector(".looking");
      if (!place && others[number]) {
        place = document.createElement("small");
        place.className = "looking";
        row.querySelector("a.title").after(place);
      }
      if (place) say(place, others[number] ?? [], list.dataset.words);
    }
  }
  setTimeout(onList, PAUSE);
}

if (page) onTicket();
if (list) onList();
