/* A shift on a phone without a connection.

   Everything about people lies in IndexedDB, sealed with AES-GCM under a key made of the PIN (PBKDF2) and never kept.
   What is recorded waits in the same store, with a number of its own, until the server has said what became of it. */
(() => {
  "use strict";
  const HERE = document.querySelector("link[rel=manifest]").getAttribute("href").replace(/[^/]*$/, "");
  const ROUNDS = 310_000, TRIES = 10, IDLE = 5 * 60_000;
  const words = document.getElementById("t-words").dataset;
  const screen_ = document.getElementById("screen"), say_ = document.getElementById("say");
  const lockButton = document.getElementById("lock"), line = document.getElementById("line");
  let key = null, meta = null, pack = null, sending = null, idle = 0;

  // --- the store ---------------------------------------------------------------------------------------
  let base = null;
  const open = () => base ||= new Promise((done, fail) => {
    const asked = indexedDB.open("duga-shift", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("queue");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const run = async (name, mode, work) => {
    const db = await open();
    return new Promise((done, fail) => {
      const step = db.transaction(name, mode, { durability: "strict" });
      const asked = work(step.objectStore(name));
      step.oncomplete = () => done(asked && asked.result);
      step.onabort = step.onerror = () => fail(step.error);
    });
  };
  const get = (name, id) => run(name, "readonly", (store) => store.get(id));
  const put = (name, id, value) => run(name, "readwrite", (store) => store.put(value, id));
  const drop = (name, id) => run(name, "readwrite", (store) => store.delete(id));
  const ids = () => run("queue", "readonly", (store) => store.getAllKeys());

  async function empty() {
    key = meta = pack = null;
    await run("kept", "readwrite", (store) => store.clear());
    await run("queue", "readwrite", (store) => store.clear());
  }

  // --- sealing -----------------------------------------------------------------------------------------
  async function made(pin, salt) {
    const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  async function seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, data) };
  }
  async function unseal(box, with_ = key) {
    const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, with_, box.data);
    return JSON.parse(new TextDecoder().decode(data));
  }

  // --- the server --------------------------------------------------------------------------------------
  const hello = async () => (await fetch(`${HERE}hello/`, { cache: "no-store" })).json();
  async function post(what, token, told) {
    const answer = await fetch(`${HERE}${what}/`, {
      method: "POST", body: JSON.stringify(told), cache: "no-store",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    });
    if (answer.status === 410) {
      await empty();
      say(words.emptied);
      begin();
      return null;
    }
    const back = await answer.json();
    if (!answer.ok) throw new Error(back.error || words.failed);
    return back;
  }

  // --- screens -----------------------------------------------------------------------------------------
  const say = (text) => { say_.textContent = text || ""; };
  function show(name) {
    screen_.replaceChildren(document.getElementById(`t-${name}`).content.cloneNode(true));
    lockButton.hidden = !key;
    return screen_;
  }
  const $ = (selector) => screen_.querySelector(selector);

  function row(title, below, does) {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.className = "row";
    button.append(title);
    const small = document.createElement("small");
    small.textContent = below;
    button.append(small);
    button.addEventListener("click", does);
    item.append(button);
    return item;
  }

  async function begin() {
    meta = await get("kept", "meta");
    if (meta) return locked();
    let who;
    try { who = await hello(); } catch { return signIn(); }
    if (!who.name) return signIn();
    show("setup");
    for (const place of who.places) $("select[name=place]").append(new Option(place.name, place.id));
  }
  async function signIn() {
    show("signin");
    const waiting = (await ids()).length;
    $("[data-waiting]").hidden = !waiting;
    $("[data-waiting] strong").textContent = waiting;
    $("[data-do=back]").hidden = !key;
  }
  function locked() {
    key = pack = null;
    say("");
    show("pin");
    $("input").focus();
  }

  async function list() {
    show("list");
    const people = (pack && pack.people) || [], errands = (pack && pack.errands) || [];
    const waiting = await Promise.all((await ids()).map(async (id) => unseal(await get("queue", id))));
    const gone = new Set(waiting.filter((each) => each.record.kind === "errand").map((each) => each.record.about));
    $("[data-queue]").hidden = !waiting.length;
    $("[data-queue] strong").textContent = waiting.length;
    const left = errands.filter((each) => !gone.has(each.id));
    for (const each of left) $("[data-errands]").append(row(title(each), [asked(each), each.code, each.area, each.place].filter(Boolean).join(" · "), () => one(each, "errand")));
    $("[data-no-errands]").hidden = left.length > 0;
    const find = () => {
      const wanted = $("[data-find]").value.toLocaleLowerCase();
      const found = people.filter((each) => `${each.name} ${each.code}`.toLocaleLowerCase().includes(wanted));
      $("[data-people]").replaceChildren(...found.slice(0, 60).map((each) => row(each.name || each.code, [each.code, each.area].filter(Boolean).join(" · "), () => one(each, "assistance"))));
      $("[data-no-people]").hidden = found.length > 0;
    };
    $("[data-find]").addEventListener("input", find);
    find();
    $("[data-until]").textContent = pack ? `${words.until} ${new Date(pack.until).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}` : words.over;
    problems(waiting.filter((each) => each.problem));
  }
  const title = (errand) => {
    const person = ((pack && pack.people) || []).find((each) => each.id === errand.person);
    return (person && person.name) || errand.caller || errand.code;
  };
  /** What an errand is, in words, and when it was agreed. */
  function asked(errand) {
    const word = document.getElementById("t-person").content.querySelector(`option[value="${CSS.escape(errand.service_type)}"]`);
    const at = errand.planned && new Date(errand.planned).toLocaleString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" });
    return [word && word.textContent, at].filter(Boolean).join(", ");
  }
  function problems(found) {
    $("[data-problems]").hidden = !found.length;
    for (const each of found) {
      const item = document.createElement("li"), text = document.createElement("p"), mine = document.createElement("p");
      item.className = "card";
      text.textContent = each.problem.here ? `${each.problem.error} ${words.conflict} ${each.problem.here}` : each.problem.error;
      mine.textContent = `${each.name}: ${each.record.quantity} · ${each.record.date} ${each.record.note}`;
      const again = document.createElement("button"), away = document.createElement("button");
      again.className = away.className = "button button-quiet";
      again.type = away.type = "button";
      again.textContent = words.again;
      away.textContent = words.drop;
      again.addEventListener("click", async () => {
        await put("queue", each.record.nonce, await seal({ ...each, problem: null }));
        await send(true);
      });
      away.addEventListener("click", async () => { await drop("queue", each.record.nonce); list(); });
      item.append(text, mine, again, away);
      $("[data-problems] ul").append(item);
    }
  }

  function one(about, kind) {
    show("person");
    say("");
    const person = kind === "errand" ? ((pack.people || []).find((each) => each.id === about.person) || about) : about;
    $("[data-name]").textContent = kind === "errand" ? title(about) : about.name || about.code;
    $("[data-where]").textContent = [about.code, about.area, person.address, about.place].filter(Boolean).join(" · ");
    const phone = about.phone || person.phone;
    if (phone) $("[data-call]").href = `tel:${phone.replace(/[^+0-9]/g, "")}`;
    else $("[data-call]").remove();
    $("[data-asked]").textContent = kind === "errand" ? asked(about) : "";
    $("[data-details]").textContent = about.details || "";
    const now = new Date();
    $("input[name=date]").value = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
    if (kind === "errand") {
      $("[data-what]").remove();
      $("input[name=quantity]").value = about.quantity;
      $("form[data-do=could-not]").hidden = false;
    }
    screen_.dataset.about = JSON.stringify({ id: about.id, kind, name: $("[data-name]").textContent });
    document.getElementById("main").focus();
  }

  async function keep(told) {
    const about = JSON.parse(screen_.dataset.about);
    const record = {
      nonce: crypto.randomUUID(), kind: about.kind, about: about.id, made_at: new Date().toISOString(), done: true,
      quantity: "1", date: "", note: "", service_type: "", reason: "", ...told,
    };
    await put("queue", record.nonce, await seal({ record, name: about.name }));
    say(words.kept);
    await list();
    send();
  }

  // --- sending: one at a time, and a record leaves the phone only when the server has said that it has it ----------
  async function send(asked) {
    if (sending) {
      await sending.catch(() => {});
      if (!asked) return;
    }
    sending = sendAll(asked);
    try { await sending; } catch (error) { if (asked) throw error; } finally { sending = null; }
  }
  async function sendAll(asked) {
    const all = await Promise.all((await ids()).map(async (id) => unseal(await get("queue", id))));
    const waiting = all.filter((each) => !each.problem);
    if (!waiting.length) return;
    const who = await hello();
    if (!who.name) return asked && signIn();
    const secret = (await unseal(meta.box)).secret;
    for (let at = 0; at < waiting.length; at += 50) {
      const part = waiting.slice(at, at + 50);
      const back = await post("records", who.token, { secret, records: part.map((each) => each.record) });
      if (!back) return;
      for (const each of back.records) {
        const mine = part.find((one_) => one_.record.nonce === each.nonce);
        if (!mine) continue;
        if (each.sent === "done" || each.sent === "again") await drop("queue", each.nonce);
        else await put("queue", each.nonce, await seal({ ...mine, problem: { error: each.error, here: each.here } }));
      }
    }
    if (!(await ids()).length) say(words.sent);
    if (key && $("[data-people]")) list();
  }
  async function take() {
    const who = await hello();
    if (!who.name) return signIn();
    const found = await post("take", who.token, { secret: (await unseal(meta.box)).secret });
    if (!found) return;
    pack = found;
    await put("kept", "pack", { until: found.until, box: await seal(found) });
    await list();
  }

  // --- what is pressed -----------------------------------------------------------------------------------
  const does = {
    async setup(form) {
      const pin = form.pin.value;
      if (pin !== form.again.value) return say(words.differ);
      const who = await hello();
      if (!who.name) return signIn();
      const name = `${(navigator.userAgentData && navigator.userAgentData.platform) || navigator.platform}`;
      const back = await post("device", who.token, { place: form.place.value, name });
      if (!back) return;
      const salt = crypto.getRandomValues(new Uint8Array(16));
      key = await made(pin, salt);
      meta = { salt, tries: 0, box: await seal({ secret: back.secret }) };
      await put("kept", "meta", meta);
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      await take();
    },
    async unlock(form) {
      // A try is counted before it is made: ending the browser in between gives no further one.
      meta.tries += 1;
      await put("kept", "meta", meta);
      const tried = await made(form.pin.value, meta.salt);
      try { await unseal(meta.box, tried); } catch {
        if (meta.tries >= TRIES) { await empty(); say(words.emptied); return begin(); }
        form.reset();
        return say(words.wrong);
      }
      key = tried;
      meta.tries = 0;
      await put("kept", "meta", meta);
      const kept = await get("kept", "pack");
      pack = kept && Date.parse(kept.until) > Date.now() ? await unseal(kept.box) : null;
      if (!pack) await drop("kept", "pack");
      say("");
      await list();
      send();
    },
    record: (form) => keep(Object.fromEntries(new FormData(form))),
    "could-not": (form) => keep({ done: false, reason: form.reason.value }),
    take,
    send: () => send(true),
    back: () => (key ? list() : begin()),
    async empty() {
      if (!confirm(words.sure)) return;
      await empty();
      say(words.emptied);
      begin();
    },
  };
  const doing = (name, form) => Promise.resolve(does[name](form)).catch((error) => say(error.message && error.name === "Error" ? error.message : words.failed));
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    doing(event.target.dataset.do, event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) doing(button.dataset.do, button);
  });
  lockButton.addEventListener("click", locked);

  // --- left alone, the phone locks; a shift that is over is forgotten; a connection sends ------------------------
  const stir = () => { idle = Date.now(); };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, stir);
  setInterval(async () => {
    if (key && Date.now() - idle > IDLE) locked();
    const kept = await get("kept", "pack");
    if (kept && Date.parse(kept.until) <= Date.now()) {
      await drop("kept", "pack");
      pack = null;
      if (key && $("[data-people]")) list();
    }
  }, 20_000);
  const told = () => { line.textContent = navigator.onLine ? line.dataset.on : line.dataset.off; };
  window.addEventListener("online", () => { told(); if (key) send(); });
  window.addEventListener("offline", told);
  setInterval(() => { if (key && navigator.onLine) send(); }, 30_000);
  told();
  stir();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${HERE}worker.js`, { scope: HERE });
  begin();
})();
