/* Half-written words kept, and pages left at once. Comfort only: the same is done by buttons without this file. */
(() => {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);

  // What was typed is kept at every pause: <form data-autosave="what is said when it cannot be"> is sent with autosave=1.
  // The answer is empty, or {version, said, parts: {id of an element: its new content}}; `said` is told in [data-saved],
  // and what is marked [data-kept] is shown.
  let left = false;
  for (const form of all("form[data-autosave]")) {
    const told = document.querySelector("[data-saved]");
    let timer = 0, typed = 0, kept = 0, under_way = false, pressed = null;
    const save = async (last) => {
      clearTimeout(timer);
      if (left || form.dataset.sent || typed === kept || (under_way && !last)) return;
      const now = typed, data = new FormData(form);
      data.set("autosave", "1");
      under_way = form.dataset.saving = true;
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, {
          method: "POST", body: data, headers: { Accept: "application/json" }, keepalive: last === true,
        });
        const json = (answer.headers.get("Content-Type") || "").includes("json");
        const saved = json ? await answer.json() : {};
        if (answer.ok && !answer.redirected) {
          if (saved.version) form.elements.version.value = saved.version;
          for (const each of form.querySelectorAll("[data-kept]")) each.hidden = false;
          kept = now;
          if (kept === typed) form.dispatchEvent(new Event("kept"));
          for (const [id, part] of Object.entries(saved.parts || {})) {
            const place = document.getElementById(id);
            if (place && !place.contains(document.activeElement)) place.innerHTML = part;
          }
        }
        if (told) told.textContent = saved.said || saved.message || form.dataset.autosave;
      } catch {
        if (told) told.textContent = form.dataset.autosave;
      }
      under_way = false;
      delete form.dataset.saving;
      if (pressed) {
        form.requestSubmit(pressed);
        pressed = null;
      } else if (typed !== kept) timer = setTimeout(save, 4000);
    };
    form.addEventListener("input", () => { typed += 1; clearTimeout(timer); timer = setTimeout(save, 900); });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!under_way) return;
      event.preventDefault();  // what is on its way brings a new version: then the button is pressed again
      delete form.dataset.sent;
      pressed = event.submitter;
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
    window.addEventListener("pagehide", () => save(true));
  }

  // Leave at once, out of sight and out of the history: <a data-exit href>, or <form data-exit data-to> which ends the
  // session, too, and takes along what was being typed. Escape three times does the same.
  const exit = document.querySelector("[data-exit]");
  if (exit) {
    const leave = () => {
      left = true;
      for (const form of all("form[data-draft]")) form.dispatchEvent(new Event("kept"));
      document.body.hidden = true;
      document.title = " ";
      if (exit.dataset.to) {
        const draft = document.querySelector("form[data-autosave]");
        const data = new FormData(draft || exit);
        for (const [name, value] of new FormData(exit)) data.set(name, value);
        if (draft && draft.dataset.saving) data.set("saving", "1");  // its answer, a new version, is not awaited
        fetch(exit.action, { method: "POST", body: data, keepalive: true, redirect: "manual" }).catch(() => {});
      }
      window.location.replace(exit.dataset.to || exit.href);
    };
    exit.addEventListener(exit.dataset.to ? "submit" : "click", (event) => { event.preventDefault(); leave(); });
    let pressed = 0;
    document.addEventListener("keydown", (event) => {
      pressed = event.key === "Escape" ? pressed + 1 : 0;
      if (pressed === 3) leave();
    });
    for (const note of all("[data-with-script]")) note.hidden = false;
  }

  // No address of this page stays in the history: <… data-address="/workspace/">.
  const address = document.querySelector("[data-address]");
  if (address) history.replaceState(null, "", address.dataset.address);
})();
