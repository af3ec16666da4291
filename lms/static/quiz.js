// Saves each answer when it is given. Without this script the page's buttons save all of them.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const common = ["csrf_token", "attempt"].map((name) => form.elements[name]);
  let line = Promise.resolve();

  const fields = (question) => {
    const data = new URLSearchParams(common.map((field) => [field.name, field.value]));
    for (const field of question.querySelectorAll("input, select")) {
      const chosen = !["radio", "checkbox"].includes(field.type) || field.checked;
      if (chosen) data.append(field.name, field.value);
    }
    return data;
  };

  const save = async (question) => {
    const status = question.querySelector(".saved");
    const send = { method: "POST", body: fields(question), headers: { "X-Autosave": "1" }, redirect: "error" };
    const saved = await fetch(form.action, send).then((answer) => answer.status === 204, () => false);
    status.textContent = saved ? status.dataset.saved : status.dataset.failed;
    status.classList.toggle("failed", !saved);
  };

  form.addEventListener("change", (event) => {
    const question = event.target.closest("fieldset");
    if (question) line = line.then(() => save(question));
  });
}
