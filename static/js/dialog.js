// Opens the <dialog> that a control names: `data-open` on a button, or on a link whose href is the page
// that does the same without JavaScript. Also brings an error summary into view and focus on load.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
});
document.querySelector("[data-focus]")?.focus();
// An address that names a folded part opens it.
const aimed = document.getElementById(location.hash.slice(1));
if (aimed?.matches("details")) aimed.open = true;
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
