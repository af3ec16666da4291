// Buttons that write a text into the field that one was in last; without this script the text is copied by hand.
for (const form of document.querySelectorAll("form:has([data-insert])")) {
  let last = form.querySelector("textarea");
  form.addEventListener("focusin", ({ target }) => { if (target.matches("textarea")) last = target; });
  for (const button of form.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      last.closest("details")?.setAttribute("open", "");
      last.focus();
      last.setRangeText(button.dataset.insert, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
