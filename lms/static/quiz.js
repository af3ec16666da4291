// Saves each answer when it is given, and keeps it on the device until the server has it, also while the page is closed
// or its reader is signed out. "Saved" stands only beside an answer that the server has said it took. Shows the time
// that is left. Without this script the page's buttons save all answers of the page, and the server keeps the time.
// The clock of the device is not believed: it may be hours off, and set while the page is open.
const TYPING_PAUSE = 800, PATIENCE = 20000, FIRST_RETRY = 2000, LONGEST_RETRY = 60000; // milliseconds
const SENT_WHILE_LEAVING = 60000; // bytes: a browser refuses to send more than 64 KiB after its page is gone
const ANNOUNCED = [300, 60]; // seconds that are left when a screen reader is told without asking

// What waits to be sent, by question: { body, at }. All windows of an attempt share it, as far as the browser lets them.
const shelf = (name) => {
  const own = {}, gone = {}; // what was dropped, in case that the browser would not let it go
  const shared = () => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } // then this window has only its own
  };
  const share = (all) => {
    try {
      if (Object.keys(all).length) localStorage.setItem(name, JSON.stringify(all));
      else localStorage.removeItem(name);
    } catch { /* full or forbidden: what is in `own` is sent all the same, as long as the page stays open */ }
  };
  const all = () => Object.fromEntries(Object.entries({ ...shared(), ...own }).filter(([id, { at }]) => gone[id] !== at));
  const put = (id, entry) => { own[id] = entry; share({ ...shared(), [id]: entry }); };
  const drop = (id, at) => {
    const kept = shared();
    gone[id] = at;
    if (own[id]?.at === at) delete own[id];
    if (kept[id]?.at === at) { delete kept[id]; share(kept); }
  };
  return { all, put, drop };
};

const KEPT = ["failed", "out", "shut"]; // ways in which an answer was not taken, and waits
// Milliseconds that have gone by. A device that sleeps stops its steady clock, and whoever sets the other moves it: the
// later one holds.
const elapsed = (from = performance.now()) => {
  const begun = [Date.now() - performance.now() + from, from];
  return () => Math.max(Date.now() - begun[0], performance.now() - begun[1]);
};

const arrived = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now(); // of the page

const isTick = (field) => ["radio", "checkbox"].includes(field.type);
const controls = (question) => [...question.querySelectorAll("input, select, textarea")];

const isChanged = (field) => {
  if (isTick(field)) return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  return field.selectedIndex > 0 && !field.options[field.selectedIndex].defaultSelected;
};

const written = (question) => {
  const data = new URLSearchParams();
  for (const field of controls(question)) if (!isTick(field) || field.checked) data.append(field.name, field.value);
  return data.toString();
};

const write = (question, body) => {
  const values = new URLSearchParams(body), texts = {};
  for (const field of controls(question)) {
    const given = values.getAll(field.name);
    if (isTick(field)) field.checked = given.includes(field.value);
    else if (field.closest(".place")) field.value = [...field.options].map((one) => one.value).find((one) => given.includes(one)) ?? "";
    else if (field.type !== "hidden") field.value = given[texts[field.name] ??= 0] ?? "", texts[field.name] += 1;
  }
  question.querySelectorAll(".places").forEach(arrange);
};

for (const form of document.querySelectorAll("form[data-save]")) {
  const waiting = shelf(`lms-answers-${form.dataset.attempt}`);
  const questions = Object.fromEntries([...form.querySelectorAll("fieldset.question")].map((one) => [one.id, one]));
  const given = {}; // what each question was answered in this window, and when
  let busy, leaving = false, pause = FIRST_RETRY, timer, clock;

  const began = Date.parse(form.dataset.now), since = elapsed(arrived);
  let latest = 0;
  const now = () => (latest = Math.max(Math.round(began + since()), latest + 1)); // by the clock of the server
  const hide = (name, value) => {
    const field = form.elements[name] || document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  };

  const say = (id, what) => {
    const status = questions[id]?.querySelector(".saved");
    if (!status) return;
    status.textContent = status.dataset[what === "shut" ? "refused" : what] || "";
    status.classList.toggle("failed", [...KEPT, "refused"].includes(what));
  };

  const send = async ({ body, at }) => {
    const data = new URLSearchParams(body), limit = new AbortController();
    for (const name of ["csrf_token", "attempt", "attempt_id"]) data.set(name, form.elements[name].value);
    data.set("at", at);
    const alarm = setTimeout(() => limit.abort(), PATIENCE), keepalive = data.toString().length < SENT_WHILE_LEAVING;
    const how = { method: "POST", headers: { "X-Autosave": "1" }, redirect: "manual", keepalive };
    try {
      const answer = await fetch(form.dataset.save, { ...how, body: data, signal: limit.signal });
      if (answer.headers.has("X-Time-Left")) clock?.set(Number(answer.headers.get("X-Time-Left")));
      if (answer.status === 204) return "saved";
      if (answer.headers.get("X-Autosave") === "refused") return "refused"; // submitted, or the time is up
      if (answer.type === "opaqueredirect" || answer.status === 409) return "out"; // it waits until one has signed in
      return answer.status >= 400 && answer.status < 500 ? "shut" : "failed"; // the page's button tells why
    } catch {
      return "failed";
    } finally {
      clearTimeout(alarm);
    }
  };

  const waits = () => Object.keys(waiting.all());

  // Sends what waits, the oldest first, as far as the line holds. Returns what became of the last one.
  const work = async () => {
    let result;
    for (const [id, entry] of Object.entries(waiting.all()).sort(([, one], [, other]) => one.at - other.at)) {
      result = await send(entry);
      if (KEPT.includes(result)) break;
      waiting.drop(id, entry.at);
      if (!waits().includes(id)) say(id, result); // else it was answered anew meanwhile
      pause = FIRST_RETRY;
    }
    if (KEPT.includes(result)) for (const id of waits()) say(id, result);
    if (waits().length && !["out", "shut"].includes(result)) {
      timer = setTimeout(flush, pause);
      pause = Math.min(pause * 2, LONGEST_RETRY);
    }
    return result;
  };

  const flush = async () => {
    clearTimeout(timer);
    busy ??= work().finally(() => { busy = undefined; });
    return busy;
  };

  // Until nothing waits any more, or what does has to. Returns why; nothing where all is sent.
  const settle = async () => {
    while (waits().length) {
      const result = await flush();
      if (KEPT.includes(result)) return result;
    }
  };

  const take = (question, soon) => {
    if (!question) return;
    const body = written(question);
    if (given[question.id]?.body !== body) { // else a field was left that was taken while it was typed in
      given[question.id] = { body, at: now() };
      say(question.id, "");
      waiting.put(question.id, given[question.id]);
    } else if (!waits().length) return;
    clearTimeout(timer);
    if (soon) flush();
    else timer = setTimeout(flush, TYPING_PAUSE);
  };

  // Also what was answered on an earlier visit, and never reached the server.
  const takeUp = () => {
    leaving = false;
    for (const [id, { body, at }] of Object.entries(waiting.all())) {
      if (!questions[id]) continue;
      write(questions[id], body);
      given[id] = { body, at };
    }
    flush();
  };

  // What was answered before this script had come: the page is there sooner on a slow line.
  Object.values(questions).filter((one) => controls(one).some(isChanged)).forEach((one) => take(one, true));
  form.addEventListener("input", (event) => take(event.target.closest("fieldset.question"), false));
  form.addEventListener("change", (event) => take(event.target.closest("fieldset.question"), true));
  // What waits goes first, so that nothing is lost where there is no line, and an older answer replaces no newer one.
  form.addEventListener("submit", async (event) => {
    if (leaving || !waits().length) return leave();
    event.preventDefault();
    const button = event.submitter, kept = form.querySelector("[data-kept]");
    if (button.disabled) return;
    button.disabled = true;
    const result = await settle();
    button.disabled = false;
    kept.hidden = result !== "failed";
    if (!kept.hidden) return kept.scrollIntoView({ block: "nearest" });
    leave();
    form.requestSubmit(button);
  });
  const leave = () => {
    leaving = true;
    for (const [id, { at }] of Object.entries(given)) hide(id.replace("question-", "at"), at);
  };
  addEventListener("pageshow", takeUp);
  addEventListener("online", flush);
  addEventListener("beforeunload", (event) => {
    if (!leaving && waits().some((id) => id in questions)) event.preventDefault();
  });

  // The server hands it in only if the time is up by its own clock.
  const timeIsUp = async () => {
    if ((await settle()) === "failed") return; // no line: asked again, and the server says what came too late
    leaving = true;
    hide("clock", "1");
    form.action = form.dataset.submit;
    form.submit();
  };

  const countdown = form.querySelector(".countdown");
  if (countdown) clock = running(countdown, began, timeIsUp);
}

// Counts down to the moment that the server named.
function running(place, now, timeIsUp) {
  const { due, digits, words } = place.dataset;
  const [shown, asked, told] = ["[data-clock]", "button", "[role=status]"].map((one) => place.querySelector(one));
  let left = Date.parse(due) - now, since = elapsed(arrived), before = Infinity, over = false;
  const localised = (number, width) => String(number).padStart(width, "0").replace(/\d/g, (digit) => digits[digit]);
  const parts = () => {
    const seconds = Math.max(Math.ceil((left - since()) / 1000), 0);
    return { all: seconds, minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  };
  const tell = () => {
    const { minutes, seconds } = parts();
    told.textContent = words.replace("{minutes}", localised(minutes, 1)).replace("{seconds}", localised(seconds, 1));
  };
  const tick = () => {
    const { all, minutes, seconds } = parts();
    shown.textContent = `${localised(minutes, 1)}:${localised(seconds, 2)}`;
    if (ANNOUNCED.some((mark) => all <= mark && before > mark)) tell();
    before = all;
    if (all || over) return;
    over = true;
    timeIsUp().finally(() => setTimeout(() => { over = false; }, FIRST_RETRY));
  };
  place.hidden = false;
  asked.addEventListener("click", tell);
  setInterval(tick, 1000);
  tick();
  return { set: (seconds) => { left = seconds * 1000; since = elapsed(); } };
}

// Items to put in order stand by their places, those without one last.
function arrange(places) {
  const place = (item) => Number(item.querySelector("select").value.split(":")[1]) || Infinity;
  const by = (item, other) => (place(item) < place(other) ? -1 : place(item) > place(other) ? 1 : 0);
  places.append(...[...places.querySelectorAll(".place")].sort(by));
}

// Items to put in order get buttons beside their numbers; a button numbers them all as they then stand.
for (const places of document.querySelectorAll(".places")) {
  const items = () => [...places.querySelectorAll(".place")];
  const move = (item, button, other, how) => {
    if (!other) return;
    other[how](item);
    items().forEach((one, at) => { one.querySelector("select").selectedIndex = at + 1; });
    item.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
    button.focus();
  };
  arrange(places);
  for (const item of items()) {
    const said = item.querySelector("label").textContent.trim();
    const buttons = [["↑", "up", "before"], ["↓", "down", "after"]].map(([sign, way, how]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
      button.className = "btn btn-outline-primary";
      button.setAttribute("aria-label", `${places.dataset[way]} ${said}`);
      const neighbour = () => (way === "up" ? item.previousElementSibling : item.nextElementSibling);
      button.addEventListener("click", () => move(item, button, neighbour(), how));
      return button;
    });
    item.append(...buttons);
  }
}
