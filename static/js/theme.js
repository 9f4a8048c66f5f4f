// Applies a change of looks at once; the same form posts in the background so that the choice is kept.
// Without this file the form posts and the page reloads: nothing is lost but a blink.
for (const form of document.querySelectorAll("form[data-looks]")) {
  form.addEventListener("submit", async (event) => {
    const { name, value } = event.submitter ?? {};
    if (!name) return;
    event.preventDefault();
    const body = new FormData(form);
    body.append(name, value);
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
    if (!answer) return form.requestSubmit(event.submitter);
    const root = document.documentElement;
    if (value === "auto") delete root.dataset[name];
    else root.dataset[name] = value;
    for (const button of form.querySelectorAll(`button[name="${name}"]`)) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
  });
}
