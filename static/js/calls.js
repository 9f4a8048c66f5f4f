// Keeps the live part of a page right. A stream only ever says "look"; what there is to see is fetched, and is
// fetched by polling alike where no stream is free, where it breaks, or where the browser has none.
const POLL = 3_000;
const LONGEST = 30_000;
const WITH_STREAM = 20_000;
const box = document.querySelector("[data-live-url]");
const line = document.getElementById("stream-state");
let tag = "";
let pause = POLL;
let streaming = false;
let timer = 0;
let asked = 0;

const say = (words) => { if (line) line.textContent = line.dataset[words] ?? ""; };

// What is being read or used stays where it is: the fresh part waits until focus has left it.
const busy = () => box.contains(document.activeElement) && /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);

function show(html) {
  const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const folds = [...box.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
  box.innerHTML = html;
  for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
  if (focused) box.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  const mine = box.querySelector("[data-go-url]");
  // The call that one's own telephone answered opens by itself, as long as nothing is being typed.
  if (mine && "go" in box.dataset && !document.querySelector("dialog[open]")) location.assign(mine.dataset.goUrl);
}

async function look() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    if (!document.hidden && !busy()) {
      const answer = await fetch(box.dataset.liveUrl, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.redirected) return location.reload();
      if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
      if (answer.status === 200 && mine === asked) {
        tag = answer.headers.get("ETag") ?? "";
        show(await answer.text());
      }
    }
    pause = streaming ? WITH_STREAM : POLL;
    say(streaming ? "wordsLive" : "wordsPoll");
  } catch {
    pause = Math.min(pause * 2, LONGEST);
    say("wordsAway");
  }
  timer = setTimeout(look, pause);
}

function listen() {
  const stream = new EventSource(box.dataset.streamUrl);
  stream.addEventListener("open", () => { streaming = true; });
  stream.addEventListener("look", look);
  // Between two streams, and for good where the server has none to give, the polling goes on by itself.
  stream.addEventListener("error", () => {
    streaming = false;
    if (pause > POLL) { clearTimeout(timer); timer = setTimeout(look, POLL); }
  });
}

if (box) {
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  if (box.dataset.streamUrl && "EventSource" in window) listen();
  look();
}
