// Fetches a long list of names when somebody first comes to a field that is completed from it: its bytes are no part of
// the page. Without this file the name is typed in full.
addEventListener("focusin", async ({ target }) => {
  const list = target.list;
  const from = list?.dataset.from;
  if (!from) return;
  delete list.dataset.from;
  const answer = await fetch(from).catch(() => null);
  // The line was lost, or the session has ended: the next field tries again.
  if (!answer?.ok || answer.redirected) { list.dataset.from = from; return; }
  list.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("option"));
});
