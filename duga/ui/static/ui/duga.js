/* Comfort only: every page works without this file. */
(() => {
  "use strict";
  const all = (selector) => document.querySelectorAll(selector);

  // Menus close on a click beside them, and on Escape, which gives the focus back.
  const menus = () => all("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // What was typed is not lost by a slip of the thumb: <form data-draft>.
  let unsaved = false;
  for (const form of all("form[data-draft]")) {
    form.addEventListener("input", () => { unsaved = true; });
    form.addEventListener("submit", () => { unsaved = false; });
  }
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  // Signing out, a phone forgets whom it carried for a shift; what was not sent yet stays, sealed.
  for (const form of all("form[data-forgets]")) {
    form.addEventListener("submit", async () => {
      const known = indexedDB.databases ? await indexedDB.databases() : [];
      if (!known.some((each) => each.name === "duga-shift")) return;
      const asked = indexedDB.open("duga-shift");
      asked.onsuccess = () => asked.result.transaction("kept", "readwrite").objectStore("kept").delete("pack");
    });
  }

  // A second tap on a slow line sends nothing twice.
  for (const form of all("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      setTimeout(() => { delete form.dataset.sent; }, 3000);
    });
  }

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
      under_way = true;
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
          if (kept === typed) unsaved = false;
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
      unsaved = false;
      document.body.hidden = true;
      document.title = " ";
      if (exit.dataset.to) {
        const draft = document.querySelector("form[data-autosave]");
        const data = new FormData(draft || exit);
        for (const [name, value] of new FormData(exit)) data.set(name, value);
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

  // Copy a link: <button data-copy="#id" data-done="Copied" hidden>, shown only where it can work.
  if (navigator.clipboard) {
    for (const button of all("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const source = document.querySelector(button.dataset.copy);
        await navigator.clipboard.writeText(source.value || source.textContent.trim());
        const before = button.textContent;
        button.textContent = button.dataset.done || before;
        setTimeout(() => { button.textContent = before; }, 2000);
      });
    }
  }

  // Print: <button data-print hidden>.
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A file may be dropped on the whole box.
  for (const box of all("[data-drop]")) {
    const input = box.querySelector("input");
    for (const name of ["dragover", "dragleave", "drop"]) {
      box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.toggle("drop-over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      });
    }
  }

  // After a refusal the list of what to mend gets the focus.
  const errors = document.querySelector("[data-focus]");
  if (errors) errors.focus();
})();
