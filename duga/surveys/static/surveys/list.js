/* The list of forms: takes each form along for a time without a connection, shows and sends what waits. */
(() => {
  "use strict";
  const main = document.getElementById("main"), told = main.dataset, kept = self.dugaAnswers();
  const $ = (name) => main.querySelector(`[data-part=${name}]`);

  async function waiting() {
    const all = (await kept.queue()).filter((each) => !each.who || each.who === told.who);
    $("queue").hidden = !all.length;
    $("items").replaceChildren(...all.map((each) => {
      const item = document.createElement("li"), title = document.createElement("span"), when = document.createElement("small");
      title.className = "row";
      title.textContent = each.title;
      when.textContent = [new Date(each.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }), each.problem].filter(Boolean).join(" · ");
      title.append(when);
      item.append(title);
      if (each.problem) {
        const drop = document.createElement("button");
        drop.type = "button";
        drop.className = "button button-quiet";
        drop.textContent = told.remove;
        drop.addEventListener("click", () => { if (confirm(told.sure)) kept.remove(each.id).then(waiting); });
        item.append(drop);
      }
      return item;
    }));
  }
  async function send() {
    const done = await kept.send().catch(() => ({ signin: false }));
    $("why").textContent = done.signin ? told.signin : "";
    await waiting();
  }
  main.addEventListener("click", (event) => { if (event.target.closest("[data-do=send]")) send(); });
  window.addEventListener("online", send);

  /** Forms, their pages and files into the worker's store; what the form names is found in its own text. */
  async function along() {
    if (!navigator.serviceWorker || !told.worker) return;
    const worker = await navigator.serviceWorker.register(told.worker, { scope: told.scope }).then(() => navigator.serviceWorker.ready);
    const pages = Array.from(main.querySelectorAll("[data-keep]"), (link) => link.getAttribute("href"));
    navigator.serviceWorker.addEventListener("message", (event) => { if (event.data === "along") $("along").hidden = false; });
    worker.active.postMessage({ along: [location.pathname, ...pages] });
  }
  kept.tidy(told.who).then(waiting).then(send).catch(() => {});
  along().catch(() => {});
})();
