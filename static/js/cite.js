// Buttons beside a text: put an article's code into the field for citations, or its words into the answer.
// Without this file the code is typed.
function put(id, text, between) {
  const field = document.getElementById(id);
  if (!field || field.value.includes(text)) return field?.focus();
  field.closest("details")?.setAttribute("open", "");
  field.value = field.value.trim() ? `${field.value.trimEnd()}${between}${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function reveal(root) {
  for (const button of root.querySelectorAll("[data-cite][hidden], [data-snippet][hidden]")) button.hidden = false;
}

reveal(document);
new MutationObserver(() => reveal(document)).observe(document.body, { childList: true, subtree: true });
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-cite], [data-snippet]");
  if (button?.dataset.cite) put(button.dataset.into, button.dataset.cite, "、");
  else if (button) put(button.dataset.into, button.dataset.snippet, "\n\n");
});
