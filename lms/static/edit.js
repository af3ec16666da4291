// The editor of a page: shows the preview while one writes, and loses nothing. What is typed is kept on this device until
// the server has it: a save that finds no connection is tried again, and a page that is opened again offers the text.
// Without this script the buttons save, and show the preview.
const TYPING_PAUSE = 500, PATIENCE = 20000, FIRST_RETRY = 2000, LONGEST_RETRY = 60000; // milliseconds

for (const form of document.querySelectorAll("form[data-edit]")) {
  const words = form.dataset, key = `lms-edit ${words.person} ${location.pathname}`;
  const fields = [...form.querySelectorAll("[data-keep]")], seen = form.elements.seen, file = form.elements.file;
  const status = form.querySelector("[data-status]"), offer = form.querySelector("[data-offer]");
  const plain = (text) => (text || "").replace(/\s+/g, " ").trim(); // the server tidies up blanks
  const values = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const same = (one, other) => fields.every(({ name }) => plain(one[name]) === plain(other[name]));
  const inTurn = { busy: false, again: false, waiting: false };
  let saved = "unsaved" in words ? {} : Object.fromEntries(fields.map((field) => [field.name, field.defaultValue]));
  let older = null, leaving = false, pause = FIRST_RETRY, retry, last = fields.find((field) => field.dataset.language);

  const say = (text, failed = false) => {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("failed", failed);
  };
  const dirty = () => !same(values(), saved);

  // On this device. Where a browser keeps nothing, the page works as well without.
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const keep = () => {
    const text = JSON.stringify({ at: Date.now(), version: seen.value, values: values(), older });
    try { localStorage.setItem(key, text); } catch { /* full, or switched off */ }
  };
  const forget = () => {
    try { older ? localStorage.setItem(key, JSON.stringify(older)) : localStorage.removeItem(key); } catch { /* as above */ }
  };

  // Saving.
  const send = async () => {
    const limit = new AbortController(), alarm = setTimeout(() => limit.abort(), PATIENCE), sent = values();
    const body = new FormData(form);
    body.delete("file");
    body.set("do", "save");
    try {
      const how = { method: "POST", body, headers: { "X-Edit": "1" }, redirect: "manual", signal: limit.signal };
      const answer = await fetch(location.pathname, how);
      if (answer.ok) return { sent, ...(await answer.json()) };
      return { failed: answer.status >= 500 ? "lost" : [409, 422].includes(answer.status) ? "asked" : "refused" };
    } catch {
      return { failed: "lost" };
    } finally {
      clearTimeout(alarm);
    }
  };

  const sendAsPage = () => {
    const what = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: "save" });
    leaving = true;
    if (file) file.value = "";
    form.append(what);
    form.submit();
  };

  const save = async () => {
    clearTimeout(retry);
    if (inTurn.busy) { inTurn.again = true; return; }
    inTurn.busy = true;
    inTurn.waiting = false;
    say(words.saving);
    const result = await send();
    inTurn.busy = false;
    if (!result.failed) {
      saved = result.sent;
      seen.value = result.version;
      pause = FIRST_RETRY;
      if (dirty()) keep(); else forget();
      say(dirty() ? words.changed : result.said);
      if (inTurn.again) { inTurn.again = false; if (dirty()) save(); }
    } else if (result.failed === "asked") {
      sendAsPage(); // the page says what is wrong, or shows what another trainer has saved
    } else {
      keep();
      say(words[result.failed], true);
      if (result.failed === "refused") return;
      inTurn.waiting = true;
      retry = setTimeout(save, pause);
      pause = Math.min(pause * 2, LONGEST_RETRY);
    }
  };

  // The preview.
  const timers = new Map(), turns = new Map();
  const show = async (field) => {
    const code = field.dataset.language, turn = (turns.get(code) || 0) + 1;
    turns.set(code, turn);
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, language: code, text: field.value });
    try {
      const answer = await fetch(words.preview, { method: "POST", body, redirect: "manual" });
      const html = answer.ok ? await answer.text() : null;
      if (html !== null && turns.get(code) === turn) form.querySelector(`[data-shown="${code}"]`).innerHTML = html;
    } catch { /* the next key tries again */ }
  };
  const showSoon = (field) => {
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(show, TYPING_PAUSE, field));
  };

  const changed = (field) => {
    if (!inTurn.busy && !inTurn.waiting) say(dirty() ? words.changed : "");
    if (dirty()) keep(); else forget();
    if (field.dataset.language) showSoon(field);
  };

  // What was typed before, and is not on the server.
  const when = (at) => {
    const moment = new Date(at), today = moment.toDateString() === new Date().toDateString();
    const language = document.documentElement.lang;
    return moment.toLocaleString(language, { ...(today ? {} : { day: "numeric", month: "long" }), hour: "2-digit", minute: "2-digit" });
  };
  const found = kept();
  const before = found && found.older ? found.older : found;
  if (before && before.values) {
    if ("unsaved" in words || same(before.values, saved)) forget();
    else {
      older = before;
      offer.querySelector("[data-offered]").textContent = when(before.at);
      offer.hidden = false;
    }
  }
  const decide = () => { older = null; offer.hidden = true; };
  form.querySelector("[data-put-back]").addEventListener("click", () => {
    for (const field of fields) if (field.name in older.values) field.value = older.values[field.name];
    seen.value = older.version; // so that what others have saved since is not written over
    decide();
    fields.forEach(changed);
    last.focus();
  });
  form.querySelector("[data-throw-away]").addEventListener("click", () => {
    decide();
    if (dirty()) keep(); else forget();
    last.focus();
  });

  // Files.
  const insert = (field, text) => {
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const button of form.querySelectorAll("[data-insert], [data-use]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.insert) return insert(last, button.dataset.insert);
      const film = last.closest("fieldset").querySelector("[data-film]");
      film.value = "";
      insert(film, button.dataset.use);
    });
  }
  file?.addEventListener("change", () => {
    if (!file.files.length || file.files[0].size <= Number(words.largest)) return;
    file.value = "";
    say(words.tooLarge, true);
  });

  form.addEventListener("focusin", ({ target }) => { if (target.dataset.language) last = target; });
  form.addEventListener("input", ({ target }) => { if (fields.includes(target)) changed(target); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "save" && !file?.files.length) {
      event.preventDefault();
      save();
    } else leaving = true;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    save();
  });
  addEventListener("online", () => { if (inTurn.waiting) save(); });
  addEventListener("offline", () => { if (dirty()) say(words.lost, true); });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => { if (!leaving && dirty()) event.preventDefault(); });
  form.querySelector("[data-without-script]").hidden = true;
  if ("unsaved" in words) { keep(); say(words.changed); }
}
