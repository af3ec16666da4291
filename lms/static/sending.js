// Forms that take long to fill in: sent only while there is a connection. Without one the page stays as it is, says so,
// and sends when the server answers again. Without this script the browser's way back has what was typed.
const PATIENCE = 20000, PAUSE = 5000; // milliseconds

for (const status of document.querySelectorAll("form [data-send]")) {
  const form = status.closest("form"), words = status.dataset;
  let busy = false, leaving = false, waiting = null, changed = false;

  const say = (text, failed = false) => {
    status.textContent = text;
    status.classList.toggle("failed", failed);
  };
  const answers = async () => {
    const limit = new AbortController(), alarm = setTimeout(() => limit.abort(), PATIENCE);
    try {
      return (await fetch(words.send, { cache: "no-store", signal: limit.signal })).ok;
    } catch {
      return false;
    } finally {
      clearTimeout(alarm);
    }
  };
  const send = async (button) => {
    if (busy) return;
    busy = true;
    clearTimeout(waiting);
    say(words.saving);
    leaving = await answers();
    busy = false;
    if (leaving) return form.requestSubmit(button);
    say(words.lost, true);
    waiting = setTimeout(send, PAUSE, button);
    addEventListener("online", () => send(button), { once: true });
  };

  form.addEventListener("submit", (event) => {
    if (leaving) return;
    event.preventDefault();
    send(event.submitter);
  });
  form.addEventListener("input", () => { changed = true; });
  addEventListener("pageshow", () => { leaving = false; say(""); });
  addEventListener("beforeunload", (event) => { if (changed && !leaving) event.preventDefault(); });
}
