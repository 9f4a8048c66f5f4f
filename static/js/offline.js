// Calls while the server is away. Everything that this browser keeps (numbers, passwords, what was said) lies in one
// sealed envelope: AES-GCM under a key that PBKDF2 draws from the operator's passphrase, which is kept nowhere.
const ROUNDS = 600_000;
const KEY = "offline-desk";
const root = document.querySelector("[data-offline]");
const words = root.dataset;
const $ = (id) => document.getElementById(id);
const form = $("call");
const FIELDS = ["phone", "name", "enterprise", "hotline", "body"];
let key = null;
let salt = null;
let state = { numbers: [], calls: [], draft: {} };
let timer = 0;
let syncing = false;

const say = (text, level = "") => { $("said").textContent = text; $("said").className = `notice ${level}`; };
const b64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const raw = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const told = (name, values = {}) => Object.entries(values).reduce((text, [k, v]) => text.replace(`{${k}}`, v), words[name]);

async function draw(passphrase, grain) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: grain, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function seal() {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(state));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  localStorage.setItem(KEY, JSON.stringify({ salt: b64(salt), iv: b64(iv), data: btoa(text) }));
}

// One after the other, so that an older envelope never lands on a newer one.
let sealing = Promise.resolve();
const keep = () => { sealing = sealing.then(seal); return sealing; };

async function unlock(passphrase) {
  say(words.wordsOpening);
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  if (!kept) {
    if (passphrase.length < 8) return say(words.wordsShort, "over");
    salt = crypto.getRandomValues(new Uint8Array(16));
    key = await draw(passphrase, salt);
    return open();
  }
  salt = raw(kept.salt);
  const tried = await draw(passphrase, salt);
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: raw(kept.iv) }, tried, raw(kept.data));
    state = JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return say(words.wordsWrong, "over");
  }
  key = tried;
  open();
}

function open() {
  $("unlock").hidden = true;
  $("desk").hidden = false;
  for (const name of FIELDS) form.elements[name].value = state.draft[name] ?? "";
  say(state.numbers.length ? "" : words.wordsNone, state.numbers.length ? "" : "soon");
  show();
  form.elements.phone.focus();
  sync();
}

function show() {
  $("left").textContent = state.numbers.length ? told("wordsLeft", { n: state.numbers.length }) : words.wordsEmpty;
  const list = $("calls");
  list.replaceChildren(...state.calls.map((call) => {
    const item = document.createElement("li");
    const label = { waiting: words.wordsWaiting, filed: words.wordsFiled, refused: words.wordsRefused }[call.status];
    const level = { waiting: "soon", filed: "ok", refused: "over" }[call.status];
    const badge = Object.assign(document.createElement("span"), { className: `badge is-${level}`, textContent: label });
    const number = Object.assign(document.createElement("span"), { className: "number", textContent: call.shown });
    item.append(number, " ", badge, " ", call.message ?? "");
    if (call.status === "refused") {
      const edit = Object.assign(document.createElement("button"), { type: "button", className: "button tiny", textContent: words.wordsEdit });
      edit.addEventListener("click", () => {
        state.draft = { ...call.fields, id: call.id };
        for (const name of FIELDS) form.elements[name].value = call.fields[name] ?? "";
        form.elements.body.focus();
      });
      item.append(" ", edit);
    }
    return item;
  }));
}

function readOut(pair) {
  $("read-out").hidden = false;
  $("number").textContent = pair.shown;
  $("number-spoken").textContent = words.wordsSpoken + pair.spoken;
  $("password").textContent = pair.password;
  $("password-spoken").textContent = words.wordsSpoken + pair.password_spoken;
}

async function file() {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  if (!fields.body.trim()) { say(words.wordsBody, "over"); return form.elements.body.focus(); }
  const mended = state.calls.find((call) => call.id === state.draft.id);
  if (mended) Object.assign(mended, { fields, status: "waiting", message: "" });
  else {
    const pair = state.numbers.shift();
    if (!pair) return say(words.wordsEmpty, "over");
    state.calls.unshift({ id: crypto.randomUUID(), at: state.draft.began ?? new Date().toISOString(), number: pair.number, shown: pair.shown, fields, status: "waiting" });
    readOut(pair);
  }
  state.draft = {};
  form.reset();
  await keep();
  say(words.wordsSaved, "ok");
  show();
  sync();
}

const post = (url, body) => fetch(url, {
  method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": words.csrf },
}).catch(() => null);

async function sync() {
  const waiting = state.calls.filter((call) => call.status === "waiting");
  if (!waiting.length || syncing) return;
  syncing = true;
  const answer = await post(words.syncUrl, { now: new Date().toISOString(), entries: waiting.map(({ id, at, number, fields }) => ({ id, at, number, ...fields })) });
  syncing = false;
  if (!answer || answer.status >= 500) return say(words.wordsAway, "soon");
  if (answer.redirected || !answer.ok) return say(words.wordsLogin, "over");
  const { results } = await answer.json();
  const counted = { filed: 0, again: 0, refused: 0 };
  for (const result of results) {
    const call = state.calls.find((one) => one.id === result.id);
    counted[result.status] += 1;
    if (!call) continue;
    call.status = result.status === "refused" ? "refused" : "filed";
    call.message = result.message ?? "";
    // What has arrived is not kept a second time.
    if (call.status === "filed") call.fields = {};
  }
  await keep();
  say(told("wordsSynced", { n: counted.filed, m: counted.again, k: counted.refused }), counted.refused ? "over" : "ok");
  show();
}

async function more() {
  const answer = await post(words.blockUrl, {});
  if (!answer || answer.status >= 500) return say(words.wordsAway, "soon");
  if (answer.redirected || !answer.ok) return say(words.wordsLogin, "over");
  const { numbers } = await answer.json();
  state.numbers.push(...numbers);
  await keep();
  say("");
  show();
}

function begin() {
  $("unlock").addEventListener("submit", (event) => { event.preventDefault(); unlock($("passphrase").value); });
  form.addEventListener("submit", (event) => { event.preventDefault(); file(); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("input", () => {
    state.draft = { ...state.draft, began: state.draft.began ?? new Date().toISOString() };
    for (const name of FIELDS) state.draft[name] = form.elements[name].value;
    clearTimeout(timer);
    timer = setTimeout(async () => { await keep(); $("kept").textContent = words.wordsKept; }, 400);
  });
  $("more").addEventListener("click", more);
  $("sync").addEventListener("click", sync);
  window.addEventListener("online", sync);
  setInterval(sync, 30_000);
  say(words.wordsLocked);
  $("passphrase").focus();
}

if (!window.isSecureContext || !crypto.subtle) say(words.wordsInsecure, "over");
else {
  navigator.serviceWorker?.register(words.workerUrl);
  // One page at a time holds the numbers: two could give the same one away.
  navigator.locks.request(KEY, { ifAvailable: true }, (lock) => {
    if (!lock) { $("unlock").hidden = true; return say(words.wordsOther, "over"); }
    begin();
    return new Promise(() => {});
  });
}
