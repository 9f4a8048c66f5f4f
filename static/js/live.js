// Says "N new entries" and waits: the page never moves under a reader. Polls with the ETag, so that an
// unchanged answer costs a 304; sleeps while the tab is hidden and backs off while the server is away.
const LONGEST = 120_000;

function watch(bar) {
  let tag = "";
  const usual = Number(bar.dataset.every) * 1000;
  let pause = usual;
  const words = bar.querySelector("span");

  async function ask() {
    if (!document.hidden) {
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(bar.dataset.pollUrl, { headers, cache: "no-store" });
        if (answer.status === 200) {
          tag = answer.headers.get("ETag") ?? "";
          const { count } = await answer.json();
          if (count > 0) {
            words.textContent = bar.dataset.words.replace("{n}", count);
            bar.hidden = false;
          }
        }
        pause = answer.ok || answer.status === 304 ? usual : Math.min(pause * 2, LONGEST);
      } catch {
        pause = Math.min(pause * 2, LONGEST);
      }
    }
    setTimeout(ask, pause);
  }
  setTimeout(ask, pause);
}

for (const bar of document.querySelectorAll("[data-poll-url]")) watch(bar);
