// Saves each answer when it is given, and keeps at it until the server has it. "Saved" stands only beside an answer
// that the server has said it took. Without this script the page's buttons save all answers of the page.
const TYPING_PAUSE = 800, PATIENCE = 20000, FIRST_RETRY = 2000, LONGEST_RETRY = 60000; // milliseconds

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const common = ["csrf_token", "attempt"].map((name) => form.elements[name]);
  const waiting = new Set(); // questions whose answer is still to be sent, the oldest first
  let busy = false, leaving = false, pause = FIRST_RETRY, timer;

  const controls = (question) => [...question.querySelectorAll("input, select")];
  const isTick = (field) => ["radio", "checkbox"].includes(field.type);

  const fields = (question) => {
    const data = new URLSearchParams(common.map((field) => [field.name, field.value]));
    for (const field of controls(question)) if (!isTick(field) || field.checked) data.append(field.name, field.value);
    return data;
  };

  const say = (question, what) => {
    const status = question.querySelector(".saved");
    status.textContent = status.dataset[what] || "";
    status.classList.toggle("failed", what === "failed" || what === "refused");
  };

  const send = async (question) => {
    const limit = new AbortController(), alarm = setTimeout(() => limit.abort(), PATIENCE);
    const how = { method: "POST", headers: { "X-Autosave": "1" }, redirect: "manual", keepalive: true };
    try {
      const answer = await fetch(form.action, { ...how, body: fields(question), signal: limit.signal });
      if (answer.status === 204) return "saved";
      return answer.status >= 500 ? "failed" : "refused"; // signed out, or submitted elsewhere: the button says which
    } catch {
      return "failed";
    } finally {
      clearTimeout(alarm);
    }
  };

  const work = async () => {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    for (const question of waiting) {
      waiting.delete(question);
      const result = await send(question);
      if (result === "failed") waiting.add(question);
      else if (!waiting.has(question)) say(question, result); // else it was answered anew meanwhile
      if (result === "failed") break;
      pause = FIRST_RETRY;
    }
    busy = false;
    if (!waiting.size) return;
    for (const question of waiting) say(question, "failed");
    timer = setTimeout(work, pause);
    pause = Math.min(pause * 2, LONGEST_RETRY);
  };

  const take = (question, soon) => {
    if (!question) return;
    say(question, "");
    waiting.add(question);
    clearTimeout(timer);
    if (soon) work();
    else timer = setTimeout(work, TYPING_PAUSE);
  };

  // A page that one comes back to shows what was chosen here last, which need not have reached the server.
  const isChanged = (field) =>
    field.type === "select-one" ? !field.selectedOptions[0]?.defaultSelected && field.selectedIndex > 0
      : isTick(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  const takeRestored = () => {
    leaving = false;
    for (const question of form.querySelectorAll("fieldset")) if (controls(question).some(isChanged)) take(question, true);
  };

  form.addEventListener("input", (event) => take(event.target.closest("fieldset"), false));
  form.addEventListener("change", (event) => take(event.target.closest("fieldset"), true));
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", takeRestored);
  addEventListener("online", work);
  addEventListener("beforeunload", (event) => {
    if (!leaving && (busy || waiting.size)) event.preventDefault();
  });
}
