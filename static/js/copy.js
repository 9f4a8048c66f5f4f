// Copies a ticket number without its dashes. The buttons are hidden until this file runs, and where the
// browser has no clipboard (plain http) they stay hidden: a button that cannot work is worse than none.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    const words = button.innerHTML;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.innerHTML = words; }, 1500);
  });
}
