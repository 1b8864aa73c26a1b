/* The call centre's comfort: keys on the board, half a call kept, the same phone told of. All works without it. */
(() => {
  "use strict";
  const one = (selector, from = document) => from.querySelector(selector);
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

  // Keys on the board; who does not want them takes the tick away, and it stays away.
  const board = one("[data-board]");
  if (board) {
    const help = one("[data-keys-help]"), tick = one("[data-keys]");
    help.hidden = false;
    tick.checked = localStorage.getItem("duga-keys") !== "no";
    tick.addEventListener("change", () => localStorage.setItem("duga-keys", tick.checked ? "yes" : "no"));
    const links = [...document.querySelectorAll("main tbody tr td a")];
    const move = (by) => {
      const at = links.indexOf(document.activeElement);
      const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
      if (next) next.focus();
    };
    const keys = {
      n: () => { location = board.dataset.new; },
      c: () => { location = board.dataset.calls; },
      j: () => move(1),
      k: () => move(-1),
      "/": () => { const form = one("[data-filter]"); form.closest("details").open = true; one("select", form).focus(); },
    };
    document.addEventListener("keydown", (event) => {
      if (!tick.checked || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
  }

  const form = one("form[data-request]");
  if (!form) return;
  const send = (url) => fetch(url, { method: "POST", body: new FormData(form), credentials: "same-origin" });

  // Half a call is kept at every pause. Pauses longer than one answer wait for it, so that one draft stays one.
  const said = one("[data-kept]", form);
  let pause = 0, busy = false, over = false;
  const keep = async () => {
    if (busy || over) return;
    busy = true;
    try {
      const answer = await send(form.dataset.keep);
      if (answer.ok) {
        form.elements.draft.value = (await answer.json()).draft;
        const now = new Date();
        said.textContent = `${said.dataset.kept} ${now.toTimeString().slice(0, 5)}`;
      }
    } catch { said.textContent = ""; } finally { busy = false; }
  };
  form.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(keep, 1500); });
  form.addEventListener("submit", () => { over = true; clearTimeout(pause); });

  // What the same phone asked already, under the field while it is typed.
  const phone = form.elements.caller_phone, here = one("[data-same-here]", form);
  let asked = "";
  phone.addEventListener("input", () => {
    const digits = phone.value.replace(/\D/g, "");
    if (digits.length < 6 || digits === asked) return;
    asked = digits;
    setTimeout(async () => {
      if (phone.value.replace(/\D/g, "") !== digits) return;
      const answer = await send(form.dataset.same);
      if (answer.ok) here.innerHTML = await answer.text();
    }, 300);
  });
})();
