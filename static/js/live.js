// Says "N new entries" and waits: the page never moves under a reader. Polls with the ETag, so that an
// unchanged answer costs a 304; sleeps while the tab is hidden and backs off while the server is away.
// A page that hangs on a wall (data-wall) draws itself anew instead: when something came, and every few minutes,
// so that "1 hour left" does not stay; never while the server is away, which would leave the wall empty.
const LONGEST = 120_000;
const STALE = 300_000;

function watch(bar) {
  let tag = "";
  const usual = Number(bar.dataset.every) * 1000;
  let pause = usual;
  const words = bar.querySelector("span");
  const drawn = Date.now();

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
        const well = answer.ok || answer.status === 304;
        pause = well ? usual : Math.min(pause * 2, LONGEST);
        if (well && "wall" in bar.dataset && (!bar.hidden || Date.now() - drawn > STALE)) return location.replace(bar.dataset.wall);
      } catch {
        pause = Math.min(pause * 2, LONGEST);
      }
    }
    setTimeout(ask, pause);
  }
  setTimeout(ask, pause);
}

for (const bar of document.querySelectorAll("[data-poll-url]")) watch(bar);
