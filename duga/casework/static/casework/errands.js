/* A volunteer's phone with a bad connection. On the server's pages: what was loaded is sealed for later, and a tap that
   does not get through is kept. In the frame that opens without a connection: today's errands out of that store.
   What is kept, and how it is sent, is in kept.js. The pages work without this file. */
(() => {
  "use strict";
  const HERE = document.querySelector("link[rel=manifest]").getAttribute("href").replace(/[^/]*$/, "");
  const LOCKED = 5 * 60000, IDLE = 30 * 60000;
  const kept = self.dugaKept("errands"), say_ = document.getElementById("say"), screen_ = document.getElementById("screen");
  const say = (text) => { if (say_) say_.textContent = text || ""; };
  const pinOf = (form) => form.pin.value.normalize("NFKC").trim();
  let touched = Date.now();

  const contact = () => kept.contact(`${HERE}contact/`, "same-origin");
  /** Wakes the worker, which sends by itself when a connection comes, also when no page is open. */
  function wake() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.ready.then((ready) => ready.sync && ready.sync.register("letters")).catch(() => {});
  }
  function tapped(form, button) {
    const told = Object.fromEntries(new FormData(form));
    return { kind: "tick", about: form.dataset.tick, answer: (button && button.value) || told.answer, reason: told.reason || "", hours: told.hours || "" };
  }
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { touched = Date.now(); });
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${HERE}worker.js`, { scope: HERE });
  if (screen_) frame();
  else page();

  // --- the server's pages ------------------------------------------------------------------------------------
  async function page() {
    for (const form of document.querySelectorAll("form[data-pin]")) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        try {
          const meta = await kept.load();
          if (form.dataset.pin === "new" || !meta) await kept.prepare(pinOf(form));
          else await kept.drop("coming");
        } catch (error) { /* a browser that cannot keep anything: then it works with a connection only */ }
        form.submit();
      });
    }
    const told = document.getElementById("day");
    if (!told) return;
    const day = JSON.parse(told.textContent);
    await kept.accept({ token: "", server: day.server, secret: "" });
    if (!await kept.load()) return;
    await kept.heard(day.now);
    const span = { from: Date.parse(day.now), until: Date.parse(day.until) };
    await kept.put("pack", { ...span, box: await kept.seal(day) });
    setInterval(() => { if (Date.now() - touched > IDLE) location.reload(); }, 20000);
    for (const form of document.querySelectorAll("form[data-tick]")) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const card = form.closest("section");
        try { await kept.add(tapped(form, event.submitter), card.querySelector("strong").textContent, day.secret); } catch (error) {
          return say(say_.dataset.full);
        }
        wake();
        try {
          await contact();
          location.reload();
        } catch (error) {
          say(say_.dataset.kept);
          for (const each of card.querySelectorAll("form, details")) each.hidden = true;
        }
      });
    }
    if (!(await kept.queue()).length) return;
    const before = (await kept.queue()).filter((each) => !each.sent).length;
    if (before) await contact().catch(() => {});
    const left = await kept.queue();
    if (left.filter((each) => !each.sent).length < before) return location.reload();
    document.getElementById("untaken").hidden = !left.some((each) => each.sent);
  }

  // --- the frame without a connection ------------------------------------------------------------------------------
  function frame() {
    const words = document.getElementById("t-words").dataset, line = document.getElementById("line"), lock = document.getElementById("lock");
    let day = null;
    const $ = (selector) => screen_.querySelector(selector);
    function show(name) {
      screen_.replaceChildren(document.getElementById(`t-${name}`).content.cloneNode(true));
      lock.hidden = !kept.isOpen();
    }
    async function begin() {
      day = null;
      kept.lock();
      const silent = await kept.tidy();
      if (silent) say(words.emptied);
      const meta = await kept.load();
      show(meta && meta.pin && (await kept.get("pack") || (await kept.queue()).length) ? "pin" : "none");
    }
    async function list() {
      show("list");
      const waiting = await kept.waiting();
      $("[data-queue]").hidden = !waiting.length;
      $("[data-queue] strong").textContent = waiting.length;
      const left = ((day && day.errands) || []).map((each) => after(each, waiting)).filter(Boolean);
      for (const each of left) $("[data-errands]").append(card(each));
      $("[data-no-errands]").hidden = left.length > 0;
      const found = waiting.filter((each) => each.sent);
      $("[data-problems]").hidden = !found.length;
      for (const each of found) $("[data-problems] div").append(problem(each));
    }
    /** An errand as it is after what was tapped and waits; null when there is nothing more to tap. */
    function after(errand, waiting) {
      const taps = waiting.filter((each) => each.record && each.record.about === errand.id).map((each) => each.record.answer);
      if (taps.includes("done") || taps.includes("could_not")) return null;
      if (taps.includes("on_the_way")) return { ...errand, next: ["done"], before: false };
      return taps.includes("accepted") ? { ...errand, next: ["on_the_way", "done"] } : errand;
    }
    function card(errand) {
      const made = document.getElementById("t-errand").content.cloneNode(true), at = (name) => made.querySelector(`[data-${name}]`);
      at("what").textContent = [errand.at, errand.what, errand.quantity === "1" ? "" : `× ${errand.quantity}`].filter(Boolean).join(" ");
      at("name").textContent = errand.name;
      at("where").textContent = errand.where;
      at("details").textContent = errand.details;
      at("hours").hidden = errand.before;
      if (errand.phone) {
        at("call").textContent = errand.phone;
        at("call").href = errand.tel;
      } else at("call").remove();
      for (const button of Array.from(made.querySelectorAll("button[name=answer]"))) if (!errand.next.includes(button.value)) button.remove();
      made.querySelector("select").append(document.getElementById(errand.before ? "t-refusals" : "t-failures").content.cloneNode(true));
      for (const form of made.querySelectorAll("form")) {
        form.dataset.tick = errand.id;
        form.addEventListener("submit", (event) => doing(async () => {
          await kept.add(tapped(form, event.submitter), errand.name || errand.what, day.secret);
          say(words.kept);
          await list();
          wake();
          send().catch(() => {});
        }));
      }
      return made;
    }
    function problem(each) {
      const made = document.getElementById("t-problem").content.cloneNode(true), at = (name) => made.querySelector(`[data-${name}]`);
      const record = each.record || {}, answer = document.getElementById("t-errand").content.querySelector(`button[value="${record.answer}"]`);
      at("name").textContent = each.name;
      at("error").textContent = each.problem ? each.problem.error : words.look;
      at("mine").textContent = [answer ? answer.textContent : words.notdone, record.hours].filter(Boolean).join(" · ");
      if (each.problem && each.problem.here) at("here").textContent = each.problem.here;
      else at("side").remove();
      at("again").hidden = !day;
      at("again").addEventListener("click", () => doing(async () => {
        await kept.change(each.id, {}, day.secret);
        await send(true);
        await list();
      }));
      at("drop").addEventListener("click", () => doing(() => kept.remove(each.id).then(list)));
      return made;
    }
    async function send(shown) {
      const before = (await kept.queue()).length;
      if (await contact()) return emptied();
      const left = (await kept.queue()).length;
      if (before && !left) say(words.sent);
      if ((shown || left !== before) && kept.isOpen()) await list();
    }
    const does = {
      async unlock(form) {
        const pin = pinOf(form);
        form.reset();
        const how = await kept.unlock(pin);
        if (how === "emptied") return emptied();
        if (how !== "open") return say(words.wrong);
        await kept.tidy();
        const found = await kept.get("pack");
        day = found ? await kept.unseal(found.box) : null;
        say("");
        await list();
        send().catch(() => {});
      },
      send: () => send(true),
    };
    function emptied() {
      say(words.emptied);
      doing(begin);
    }
    const sentence = (error) => (error.name === "QuotaExceededError" ? words.full : words.failed);
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
    lock.addEventListener("click", () => doing(begin));
    kept.channel.onmessage = (event) => {  // of the worker, or of another page
      if (event.data === "emptied") emptied();
      else if (kept.isOpen() && $("[data-errands]") && document.activeElement.tagName !== "INPUT") doing(list);
    };
    const told = () => { line.textContent = navigator.onLine ? line.dataset.on : line.dataset.off; };
    window.addEventListener("online", () => { told(); send().catch(() => {}); });
    window.addEventListener("offline", told);
    setInterval(() => {
      if (kept.isOpen() && Date.now() - touched > LOCKED) doing(begin);
      else if (navigator.onLine) send().catch(() => {});
    }, 30000);
    told();
    doing(begin);
  }
})();
