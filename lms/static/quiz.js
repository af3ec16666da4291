// Saves each answer when it is given, and keeps it on the device until the server has it, also while the page is closed
// or its reader is signed out. "Saved" stands only beside an answer that the server has said it took. Shows the time
// that is left. Without this script the page's buttons save all answers of the page, and the server keeps the time.
const TYPING_PAUSE = 800, PATIENCE = 20000, FIRST_RETRY = 2000, LONGEST_RETRY = 60000; // milliseconds
const ANNOUNCED = [300, 60]; // seconds that are left when a screen reader is told without asking

// What waits to be sent, by question: { body, at }. All windows of an attempt share it, as far as the browser lets them.
const shelf = (name) => {
  const own = {};
  const shared = () => {
    try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } // then this window has only its own
  };
  const share = (all) => {
    try {
      if (Object.keys(all).length) localStorage.setItem(name, JSON.stringify(all));
      else localStorage.removeItem(name);
    } catch { /* full or forbidden: what is in `own` is sent all the same, as long as the page stays open */ }
  };
  const all = () => ({ ...shared(), ...own });
  const put = (id, entry) => { own[id] = entry; share({ ...shared(), [id]: entry }); };
  const drop = (id, at) => {
    const kept = shared();
    if (own[id]?.at === at) delete own[id];
    if (kept[id]?.at === at) { delete kept[id]; share(kept); }
  };
  return { all, put, drop, isShared: (id) => id in shared() };
};

const isTick = (field) => ["radio", "checkbox"].includes(field.type);
const controls = (question) => [...question.querySelectorAll("input, select, textarea")];

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
    else if (field.type !== "hidden") field.value = given[texts[field.name] ??= 0] ?? "", texts[field.name] += 1;
  }
};

for (const form of document.querySelectorAll("form[data-save]")) {
  const waiting = shelf(`lms-answers-${form.dataset.attempt}`);
  const questions = Object.fromEntries([...form.querySelectorAll("fieldset.question")].map((one) => [one.id, one]));
  let busy, leaving = false, pause = FIRST_RETRY, timer, clock;

  const say = (id, what) => {
    const status = questions[id]?.querySelector(".saved");
    if (!status) return;
    status.textContent = status.dataset[what] || "";
    status.classList.toggle("failed", ["failed", "refused", "out"].includes(what));
  };

  const send = async ({ body, at }) => {
    const data = new URLSearchParams(body), limit = new AbortController();
    for (const name of ["csrf_token", "attempt"]) data.set(name, form.elements[name].value);
    data.set("age", Math.max(Date.now() - at, 0));
    const alarm = setTimeout(() => limit.abort(), PATIENCE);
    const how = { method: "POST", headers: { "X-Autosave": "1" }, redirect: "manual", keepalive: true };
    try {
      const answer = await fetch(form.dataset.save, { ...how, body: data, signal: limit.signal });
      if (answer.headers.has("X-Time-Left")) clock?.set(Number(answer.headers.get("X-Time-Left")));
      if (answer.status === 204) return "saved";
      if (answer.headers.get("X-Autosave") === "refused") return "refused"; // submitted, or the time is up
      return answer.status >= 500 ? "failed" : "out"; // signed out: it waits until the page is opened again
    } catch {
      return "failed";
    } finally {
      clearTimeout(alarm);
    }
  };

  // Sends what waits, the oldest first, as far as the line holds. True when nothing waits any more.
  const work = async () => {
    let result;
    for (const [id, entry] of Object.entries(waiting.all()).sort(([, one], [, other]) => one.at - other.at)) {
      result = await send(entry);
      if (["failed", "out"].includes(result)) break;
      waiting.drop(id, entry.at);
      if (!(id in waiting.all())) say(id, result); // else it was answered anew meanwhile
      pause = FIRST_RETRY;
    }
    const left = Object.keys(waiting.all());
    for (const id of left) if (["failed", "out"].includes(result)) say(id, result);
    if (left.length && result !== "out") {
      timer = setTimeout(flush, pause);
      pause = Math.min(pause * 2, LONGEST_RETRY);
    }
    return !left.length;
  };

  const flush = async () => {
    clearTimeout(timer);
    busy ??= work().finally(() => { busy = undefined; });
    return busy;
  };

  const take = (question, soon) => {
    if (!question) return;
    say(question.id, "");
    waiting.put(question.id, { body: written(question), at: Date.now() });
    clearTimeout(timer);
    if (soon) flush();
    else timer = setTimeout(flush, TYPING_PAUSE);
  };

  // Also what was answered on an earlier visit, and never reached the server.
  const takeUp = () => {
    leaving = false;
    for (const [id, { body }] of Object.entries(waiting.all())) if (questions[id]) write(questions[id], body);
    flush();
  };

  form.addEventListener("input", (event) => take(event.target.closest("fieldset.question"), false));
  form.addEventListener("change", (event) => take(event.target.closest("fieldset.question"), true));
  form.addEventListener("submit", async (event) => {
    leaving = true;
    // These buttons send no answers: what waits has to go first.
    if (!("first" in form.dataset) || !Object.keys(waiting.all()).length) return;
    event.preventDefault();
    if (await flush()) form.submit();
    else form.querySelector("[data-kept]").hidden = false;
  });
  addEventListener("pageshow", takeUp);
  addEventListener("online", flush);
  addEventListener("beforeunload", (event) => {
    if (!leaving && Object.keys(waiting.all()).some((id) => id in questions)) event.preventDefault();
  });

  const timeIsUp = async () => {
    leaving = true;
    await flush();
    if (Object.keys(waiting.all()).length) return; // no line: `flush` goes on, and the server says what came too late
    form.action = form.dataset.submit;
    form.noValidate = true;
    form.submit();
  };

  const countdown = form.querySelector(".countdown");
  if (countdown) clock = running(countdown, timeIsUp);
}

// Counts down to the moment that the server named, whatever the clock of the device says.
function running(place, timeIsUp) {
  const { due, now, digits, words } = place.dataset;
  const [shown, asked, told] = ["[data-clock]", "button", "[role=status]"].map((one) => place.querySelector(one));
  let end = Date.now() + Date.parse(due) - Date.parse(now), before = Infinity, over = false;
  const localised = (number, width) => String(number).padStart(width, "0").replace(/\d/g, (digit) => digits[digit]);
  const parts = () => {
    const left = Math.max(Math.ceil((end - Date.now()) / 1000), 0);
    return { left, minutes: Math.floor(left / 60), seconds: left % 60 };
  };
  const tell = () => {
    const { minutes, seconds } = parts();
    told.textContent = words.replace("{minutes}", localised(minutes, 1)).replace("{seconds}", localised(seconds, 1));
  };
  const tick = () => {
    const { left, minutes, seconds } = parts();
    shown.textContent = `${localised(minutes, 1)}:${localised(seconds, 2)}`;
    if (ANNOUNCED.some((mark) => left <= mark && before > mark)) tell();
    before = left;
    if (left || over) return;
    over = true;
    timeIsUp();
  };
  place.hidden = false;
  asked.addEventListener("click", tell);
  setInterval(tick, 1000);
  tick();
  return { set: (seconds) => { end = Date.now() + seconds * 1000; } };
}

// Items to put in order get buttons beside their numbers; a button numbers them all as they then stand.
for (const places of document.querySelectorAll(".places")) {
  const items = () => [...places.querySelectorAll(".place")];
  const place = (item) => Number(item.querySelector("select").value.split(":")[1]) || Infinity;
  const move = (item, button, other, how) => {
    if (!other) return;
    other[how](item);
    items().forEach((one, at) => { one.querySelector("select").selectedIndex = at + 1; });
    item.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
    button.focus();
  };
  items().sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0)).forEach((item) => places.append(item));
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
