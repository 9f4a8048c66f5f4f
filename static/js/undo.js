// Counts the seconds in which a bulk action can still be undone, then waits for its outcome and shows it.
const form = document.querySelector("[data-undo]");

if (form) {
  const left = form.querySelector("[data-left]");
  let seconds = Number(form.dataset.seconds);

  async function look() {
    try {
      const answer = await fetch(form.dataset.undo, { cache: "no-store" });
      if (answer.ok && (await answer.json()).state !== "waiting") { location.reload(); return; }
    } catch { /* the server is away for a moment: asked again */ }
    setTimeout(look, 1500);
  }

  const timer = setInterval(() => {
    seconds -= 1;
    if (seconds > 0) left.textContent = form.dataset.words.replace("{n}", seconds);
    else { clearInterval(timer); look(); }
  }, 1000);
}
