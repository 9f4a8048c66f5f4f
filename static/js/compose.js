// Snippets in the composer: chosen from the list, or typed by their short name and Tab. Without this file the list's
// button sends the form, and the server puts the text in.
function put(area, text, from = area.selectionStart) {
  const before = area.value.slice(0, from);
  const gap = from === area.selectionStart && before.trim() && !before.endsWith("\n") ? "\n\n" : "";
  area.setRangeText(gap + text, from, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

async function textOf(list, id) {
  const url = new URL(list.dataset.snippets, location.href);
  url.searchParams.set("id", id);
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? (await answer.json()).text : null;
}

for (const list of document.querySelectorAll("[data-snippets]")) {
  const area = document.getElementById(list.dataset.into);
  const button = list.closest(".snippet").querySelector("button");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const text = list.value ? await textOf(list, list.value) : null;
    if (text) put(area, text);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && list.value) { event.preventDefault(); button.click(); }
  });
  area?.addEventListener("keydown", async (event) => {
    if (event.key !== "Tab" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    const typed = area.value.slice(0, area.selectionStart).match(/\S{1,20}$/)?.[0].toLowerCase() ?? "";
    const found = [...list.options].filter((one) => one.dataset.short && typed.endsWith(one.dataset.short));
    found.sort((a, b) => b.dataset.short.length - a.dataset.short.length);
    if (!found.length) return;
    event.preventDefault();
    const from = area.selectionStart - found[0].dataset.short.length;
    const text = await textOf(list, found[0].value);
    if (text) put(area, text, from);
  });
}
