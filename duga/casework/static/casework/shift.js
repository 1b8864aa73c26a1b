/* A shift on a phone without a connection: its screens. What is kept, and how it is sent, is in kept.js. */
(() => {
  "use strict";
  const HERE = document.querySelector("link[rel=manifest]").getAttribute("href").replace(/[^/]*$/, "");
  const IDLE = 5 * 60000, ASK = 5 * 60000, PLACES = 40;
  const words = document.getElementById("t-words").dataset, language = document.documentElement.lang;
  const screen_ = document.getElementById("screen"), say_ = document.getElementById("say"), clock = document.getElementById("clock");
  const lockButton = document.getElementById("lock"), line = document.getElementById("line");
  const kept = self.dugaKept("shift");
  let pack = null, touched = 0, asked_ = 0;

  // --- the server ----------------------------------------------------------------------------------------
  const hello = async () => (await fetch(`${HERE}hello/`, { cache: "no-store" })).json();
  /** An answer in one's session; null after the phone was emptied, or where one must sign in first. */
  async function post(what, told) {
    const who = await hello();
    if (!who.name) return signIn();
    const back = await kept.post(`${HERE}${what}/`, told, { headers: { "Content-Type": "application/json", "X-CSRFToken": who.token } });
    if (back.status === 410) {
      const meta = await kept.load();
      if (meta) await kept.forget(false, meta.token);
      return emptied();
    }
    if (back.status !== 200) throw new Error(back.told.error || words.failed);
    return back.told;
  }

  // --- screens -------------------------------------------------------------------------------------------
  const say = (text) => { say_.textContent = text || ""; };
  function show(name) {
    screen_.replaceChildren(document.getElementById(`t-${name}`).content.cloneNode(true));
    lockButton.hidden = !kept.isOpen();
    clock.textContent = kept.off() ? `${words.clock} ${kept.off()}` : "";
  }
  const $ = (selector) => screen_.querySelector(selector);
  function part(tag, text, name) {
    const made = document.createElement(tag);
    made.textContent = text || "";
    if (name) made.className = name;
    return made;
  }
  function row(title, below, does) {
    const item = document.createElement("li"), button = part("button", title, "row");
    button.type = "button";
    button.append(part("small", below));
    button.addEventListener("click", does);
    item.append(button);
    return item;
  }

  async function begin() {
    pack = null;
    kept.lock();
    const silent = await kept.tidy(), meta = await kept.load();
    if (silent) say(words.emptied);
    if (meta) return locked();
    let who;
    try { who = await hello(); } catch (error) { return signIn(); }
    if (!who.name) return signIn();
    show("setup");
    for (const place of who.places) $("select[name=place]").append(new Option(place.name, place.id));
  }
  async function signIn() {
    show("signin");
    const waiting = (await kept.queue()).length;
    $("[data-waiting]").hidden = !waiting;
    $("[data-waiting] strong").textContent = waiting;
    $("[data-do=back]").hidden = !kept.isOpen();
    return null;
  }
  async function locked() {
    pack = null;
    kept.lock();
    const meta = await kept.load();
    if (!meta) return begin();
    show("pin");
    $("[data-with-passkey]").hidden = !meta.passkey;
    $("form").hidden = !meta.pin;
    if (meta.pin) $("input").focus();
  }

  /** Blind to script, case and diacritics, as the server finds: Ђорђе, Đorđe and djordje are one. */
  const CYRILLIC = { а: "a", б: "b", в: "v", г: "g", д: "d", ђ: "d", ѓ: "g", е: "e", ж: "z", з: "z", ѕ: "dz", и: "i", ј: "j", к: "k", ќ: "k", л: "l", љ: "lj", м: "m", н: "n", њ: "nj", о: "o", п: "p", р: "r", с: "s", т: "t", ћ: "c", у: "u", ф: "f", х: "h", ц: "c", ч: "c", џ: "dz", ш: "s", đ: "d", ð: "d", ł: "l", ı: "i" };
  const fold = (text) => text.toLowerCase().replace(/[Ѐ-џđðłı]/g, (letter) => CYRILLIC[letter] || letter).normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/dj+/g, "d").replace(/\s+/g, " ").trim();
  const fits = (texts, wanted) => { const all = fold(texts.join(" ")); return fold(wanted).split(" ").every((word) => all.includes(word)); };

  async function list() {
    show("list");
    const people = (pack && pack.people) || [], errands = (pack && pack.errands) || [];
    const waiting = await kept.waiting();
    const gone = new Set(waiting.filter((each) => each.record && each.record.kind === "errand").map((each) => each.record.about));
    $("[data-queue]").hidden = !waiting.length;
    $("[data-queue] strong").textContent = waiting.length;
    const left = errands.filter((each) => !gone.has(each.id));
    for (const each of left) $("[data-errands]").append(row(title(each), [asked(each), each.code, each.area, each.place].filter(Boolean).join(" · "), () => one(each, "errand")));
    $("[data-no-errands]").hidden = left.length > 0;
    const find = () => {
      const found = people.filter((each) => fits([each.name, each.code], $("[data-find]").value));
      $("[data-people]").replaceChildren(...found.slice(0, 60).map((each) => row(each.name || each.code, [each.code, each.area].filter(Boolean).join(" · "), () => one(each, "assistance"))));
      $("[data-no-people]").hidden = found.length > 0;
    };
    $("[data-find]").addEventListener("input", find);
    find();
    $("[data-until]").textContent = pack ? `${words.until} ${new Date(Date.parse(pack.until)).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })}` : words.over;
    $("[data-do=places]").hidden = !pack || !await kept.get("places");
    const meta = await kept.load();
    $("[data-do=key]").hidden = !meta || !meta.pin || Boolean(meta.passkey) || !await kept.canPasskey();
    problems(waiting.filter((each) => each.sent || !each.record));
  }
  const title = (errand) => {
    const person = ((pack && pack.people) || []).find((each) => each.id === errand.person);
    return (person && person.name) || errand.caller || errand.code;
  };
  const service = (code) => {
    const found = Array.from(document.getElementById("t-person").content.querySelectorAll("select[name=service_type] option")).find((each) => each.value === code);
    return found ? found.textContent : "";
  };
  /** What an errand is, in words, and when it was agreed. */
  function asked(errand) {
    const at = errand.planned && new Date(errand.planned).toLocaleString(language, { weekday: "short", day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit" });
    return [service(errand.service_type), at].filter(Boolean).join(", ");
  }
  /** What could not be taken: one's own and what stands there, side by side. */
  function problems(found) {
    $("[data-problems]").hidden = !found.length;
    for (const each of found) {
      const card = document.getElementById("t-problem").content.cloneNode(true), at = (name) => card.querySelector(`[data-${name}]`);
      const record = each.record, told = each.problem;
      at("name").textContent = each.name || (record ? service(record.service_type) : words.unread);
      at("error").textContent = told ? told.error : words.look;
      at("mine").textContent = record ? [service(record.service_type), record.done === false ? words.notdone : record.quantity, record.date, record.note].filter(Boolean).join(" · ") : "";
      if (told && told.here) at("here").textContent = told.here;
      else at("side").remove();
      at("again").addEventListener("click", () => doing(() => again(each, {})));
      at("drop").addEventListener("click", () => doing(() => kept.remove(each.id).then(list)));
      if (record && each.sent === "conflict" && record.kind === "assistance") {
        at("both").hidden = false;
        at("both").addEventListener("click", () => doing(() => again(each, { both: true })));
      }
      if (record && each.sent === "refused" && record.done !== false) {
        const form = at("mend");
        form.hidden = false;
        form.quantity.value = record.quantity;
        form.date.value = record.date;
        form.addEventListener("submit", () => doing(() => again(each, { quantity: form.quantity.value, date: form.date.value })));
      }
      $("[data-problems] div").append(card);
    }
  }
  async function again(each, told) {
    if (each.record) await kept.change(each.id, told, await kept.secret());
    await send(true);
    await list();
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
    const now = new Date(kept.now());
    $("input[name=date]").value = new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
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
    const record = { kind: about.kind, about: about.id, done: true, quantity: "1", date: "", note: "", service_type: "", reason: "", both: false, ...told };
    await kept.add(record, about.name, await kept.secret());
    say(words.kept);
    await list();
    wake();
    send().catch(() => {});
  }

  // --- the directory -----------------------------------------------------------------------------------------
  async function places() {
    const found = await kept.unseal((await kept.get("places")).box);
    show("places");
    const find = () => {
      const wanted = $("[data-find]").value, fit = found.services.filter((each) => fits([each.name, each.by, each.place, ...each.kinds], wanted));
      $("[data-count]").textContent = fit.length ? `${found.services.length} ${words.services} ${found.total}` : words.noservices;
      $("[data-found]").replaceChildren(...fit.slice(0, PLACES).map((each) => {
        const card = part("section", "", "card");
        card.append(part("h2", each.name), part("p", [each.by, each.place].filter(Boolean).join(" · "), "quiet"));
        for (const [number, href] of each.phones) {
          const call = part("a", number, "button");
          call.href = href;
          card.append(call, " ");
        }
        for (const hours of each.hours) card.append(part("p", hours));
        return card;
      }));
    };
    $("[data-find]").addEventListener("input", find);
    find();
  }

  // --- sending -----------------------------------------------------------------------------------------------
  /** Wakes the worker, which sends by itself when a connection comes, also when this page is closed. */
  function wake() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.ready.then((ready) => Promise.all([
      ready.sync && ready.sync.register("letters"),
      ready.periodicSync && ready.periodicSync.register("ask", { minInterval: 12 * 60 * 60000 }),
    ])).catch(() => {});  // a browser that may not: then this page sends
  }
  /** Letters go without a session; in one, what stood in the way of a record is told. */
  async function send(shown) {
    asked_ = Date.now();
    const before = (await kept.queue()).length;
    if (await kept.contact(`${HERE}contact/`, "omit")) return emptied();
    if (kept.isOpen()) await ask(shown);
    const after = (await kept.queue()).length;
    if (!after && (before || shown)) say(words.sent);
    if ((shown || before !== after) && kept.isOpen() && $("[data-people]")) await list();
  }
  /** Why the server did not take a record, and what stands there: told to its owner in her session. */
  async function ask(shown) {
    const untold = (await kept.waiting()).filter((each) => each.sent && !each.problem);
    if (!untold.length) return;
    if (!(await hello()).name) {
      if (shown) await signIn();
      return;
    }
    for (const token of new Set(untold.map((each) => each.token))) {
      const letters = untold.filter((each) => each.token === token).map((each) => ({ nonce: each.nonce, letter: each.letter }));
      await kept.alone(async () => {
        const back = await post("records", { token, letters });
        if (back) await kept.settle(back.records);
      }).catch(() => {});  // somebody else's letters, on a phone of two: told to her
    }
  }
  async function take() {
    const secret = await kept.secret(), found = await post("take", { secret });
    if (!found) return;
    await kept.heard(found.now);
    const span = { from: Date.parse(found.now), until: Date.parse(found.until) };
    await kept.put("pack", { ...span, box: await kept.seal(found) });
    pack = found;
    await list();
    wake();
    const told = await post("directory", { secret });
    if (told) await kept.put("places", { ...span, box: await kept.seal(told) });
    if ($("[data-people]")) $("[data-do=places]").hidden = !told;
  }
  async function opened(how) {
    if (how === "emptied") return emptied();
    if (how !== "open") return say(words.wrong);
    await kept.tidy();
    const found = await kept.get("pack");
    pack = found ? await kept.unseal(found.box) : null;
    say("");
    await list();
    send().catch(() => {});
  }

  // --- what is pressed -----------------------------------------------------------------------------------------
  const does = {
    async setup(form) {
      const pin = form.pin.value;
      if (pin !== form.again.value) return say(words.differ);
      const name = `${(navigator.userAgentData && navigator.userAgentData.platform) || navigator.platform}`;
      const back = await post("device", { place: form.place.value, name });
      if (!back) return;
      await kept.accept(back, await kept.prepare(pin));
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
      await take();
    },
    async unlock(form) {
      const pin = form.pin.value;
      form.reset();
      await opened(await kept.unlock(pin));
    },
    passkey: async () => opened(await kept.unlockByPasskey()),
    async "add-key"(form) {
      const told = await kept.addPasskey(form.pin.value, document.title, form.only.checked);
      if (told === "none") return say(words.nokey);
      if (told !== "added") return opened(told);
      say(words.haskey);
      await list();
    },
    record: (form) => keep(Object.fromEntries(new FormData(form))),
    "could-not": (form) => keep({ done: false, reason: form.reason.value }),
    take, places,
    key: () => show("key"),
    send: () => send(true),
    back: () => (kept.isOpen() ? list() : begin()),
    async empty() {
      if (!confirm(words.sure)) return;
      await kept.forget();
      emptied();
      send().catch(() => {});
    },
  };
  const sentence = (error) => (error.name === "QuotaExceededError" ? words.full : error.name === "Error" && error.message ? error.message : words.failed);
  const doing = (what) => Promise.resolve().then(what).catch((error) => say(sentence(error)));
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const does_ = does[event.target.dataset.do];
    if (does_) doing(() => does_(event.target));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) doing(() => does[button.dataset.do](button));
  });
  lockButton.addEventListener("click", () => { say(""); locked(); });

  // --- left alone, the phone locks; a shift that is over is forgotten; a connection sends ------------------------------
  const stir = () => { touched = Date.now(); };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, stir);
  function emptied() {
    say(words.emptied);
    doing(begin);
    return null;
  }
  kept.channel.onmessage = (event) => {  // of the worker, or of another page
    if (event.data === "emptied") emptied();
    else if (kept.isOpen() && $("[data-people]") && document.activeElement !== $("[data-find]")) doing(list);
  };
  setInterval(() => doing(async () => {
    if (kept.isOpen() && Date.now() - touched > IDLE) await locked();
    if (await kept.tidy() || (kept.isOpen() && !await kept.load())) return emptied();  // signed out on another page
    if (pack && !await kept.get("pack")) {
      pack = null;
      if (kept.isOpen() && $("[data-people]")) await list();
    }
  }), 20000);
  const told = () => { line.textContent = navigator.onLine ? line.dataset.on : line.dataset.off; };
  window.addEventListener("online", () => { told(); send().catch(() => {}); });
  window.addEventListener("offline", told);
  setInterval(async () => {
    const waits = (await kept.queue()).some((each) => !each.sent);
    if (navigator.onLine && (waits || Date.now() - asked_ > ASK)) send().catch(() => {});
  }, 30000);
  told();
  stir();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${HERE}worker.js`, { scope: HERE });
  doing(begin).then(() => send()).catch(() => {});
})();
