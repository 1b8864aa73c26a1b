/* The page on which a form is filled in: opens it with the engine, keeps what is half filled, sends what is finished.

   What it needs stands in <main data-…>: `engine`, `form` (the drawing), `xform`, `files`, `send` ("": a try, nothing is
   sent), `who`, `title`, `md5`; words of ours in <template id=words data-…>. */
const main = document.getElementById("main"), told = main.dataset, words = document.getElementById("words").dataset;
const $ = (name) => main.querySelector(`[data-part=${name}]`);
const kept = self.dugaAnswers(), where = location.pathname;
const MOST = 20 * 1024 * 1024;
let form = null, xform = "", timer = 0, writing = null, changed = 0;

const show = (...names) => { for (const part of main.querySelectorAll(":scope > [data-part]")) part.hidden = !names.includes(part.dataset.part); };
const say = (text) => { $("say").textContent = text || ""; $("say").hidden = !text; };
const direction = (language) => (/\((ar|fa|prs|ps|ur|ckb|he|ku-arab)\)|^(ar|fa|prs|ps|ur|ckb|he)$/i.test(language) ? "rtl" : "ltr");
const code = (language) => (/\(([a-z]{2,3}(?:-[a-z]+)?)\)\s*$/i.exec(language) || [0, ""])[1].toLowerCase();

/** The file behind jr://images/name.png and the like. */
const address = (resource) => `${told.files}${encodeURIComponent(String(resource).split("/").pop())}`;

async function start(found) {
  const engine = await import(told.engine), { openForm } = await import(told.form);
  xform = found ? found.xform : await (await fetch(told.xform)).text();
  $("form").replaceChildren();
  form = await openForm(engine, {
    xform, words, address, most: MOST, place: $("form"), kept: found && found.data, changed: later,
    preload: told.preload ? JSON.parse(told.preload) : {},
  });
  languages();
  form.effect(() => { const { answered, of } = form.progress(); $("progress").textContent = `${answered} / ${of}`; });
  show("form", "send", "bar", ...(told.send ? ["forget"] : []));
  main.dataset.ready = "1";
}

function languages() {
  const box = document.querySelector("[data-part=language]"), all = form.languages.filter((each) => !each.isSyntheticDefault);
  const pick = (language) => {
    form.root.setLanguage(language);
    const name = language.language || "";
    if (name && name !== "default") {
      $("form").dir = direction(name);
      $("form").lang = code(name) || document.documentElement.lang;
    }
  };
  if (!all.length) return;
  box.replaceChildren(...all.map((each, at) => new Option(each.language.replace(/\s*\([\w-]+\)\s*$/, "") || each.language, at)));
  const here = (told.language || document.documentElement.lang).toLowerCase();
  const wanted = all.find((each) => each.language === told.language) || all.find((each) => code(each.language) === here)
    || all.find((each) => code(each.language) && here.startsWith(code(each.language))) || form.root.currentState.activeLanguage;
  box.value = String(Math.max(0, all.findIndex((each) => each.language === wanted.language)));
  pick(all[Number(box.value)]);
  box.onchange = () => pick(all[Number(box.value)]);
  box.closest("label").hidden = all.length < 2;
}

/** At every pause what is half filled is kept, one after the other. */
function later() {
  changed += 1;
  clearTimeout(timer);
  $("kept").hidden = true;
  if (told.send) timer = setTimeout(keep, 800);
}
async function keep() {
  clearTimeout(timer);
  if (!told.send || !form || !changed) return;
  const now = changed;
  writing = (writing || Promise.resolve()).then(async () => {
    const { data } = await form.payload();
    await kept.keep(where, told.who, data, { xform, md5: told.md5 });
    if (changed !== now) return;
    changed = 0;
    $("kept").hidden = false;
  }).catch(() => say(words.notkept));
  await writing;
}
document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });

async function finish() {
  say("");
  clearTimeout(timer);
  const wrong = await form.complain();
  if (wrong) return say(words.lookat.replace("%", wrong));
  const { data } = await form.payload();
  if (!told.send) return show("tried");
  await writing;
  changed = 0;
  let id = 0;
  try { id = await kept.enqueue(where, told.who, told.send, told.title, data); } catch (error) { return say(words.notkept); }
  form = null;
  show("sending");
  const done = await kept.send().catch(() => ({ sent: [], left: 1 }));
  if (done.sent.includes(id)) return show("thanks");
  const mine = (await kept.queue()).find((each) => each.id === id);
  show("waits");
  $("why").textContent = (mine && mine.problem) || (done.signin ? words.signin : "");
  background();
  return null;
}
/** The browser sends by itself when it is connected again, where it can; this page does while it is open. */
async function background() {
  const worker = navigator.serviceWorker && await navigator.serviceWorker.ready.catch(() => null);
  if (worker && worker.sync) worker.sync.register("answers").catch(() => {});
}
async function again() {
  if (form) return;
  const done = await kept.send().catch(() => ({ sent: [], left: 1 }));
  if (!done.left && !$("waits").hidden) show("thanks");
}
window.addEventListener("online", again);
setInterval(() => { if (!$("waits").hidden) again(); }, 30000);

const DOES = {
  begin: () => start(null), send: finish, again,
  resume: async () => { const found = await kept.draft(where, told.who); await start(found && found.xform ? found : null); },
  anew: async () => { await kept.drop(where); await start(null); },
  forget: async () => { clearTimeout(timer); changed = 0; await writing; await kept.drop(where); form = null; location.reload(); },
};
main.addEventListener("click", (event) => {
  const does = event.target.closest("[data-do]");
  if (does && DOES[does.dataset.do]) {
    does.disabled = true;
    Promise.resolve(DOES[does.dataset.do]()).catch(fail).finally(() => { does.disabled = false; });
  }
});
const fail = (error) => { say(words.broken); console.error(error); };

async function begin() {
  if (navigator.serviceWorker && told.worker) navigator.serviceWorker.register(told.worker, { scope: told.scope }).catch(() => {});
  const found = told.send ? await kept.draft(where, told.who) : null;
  if (found) {
    $("since").textContent = new Date(found.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    return show("found");
  }
  if (main.querySelector("[data-part=consent]")) return show("consent");
  return start(null);
}
begin().catch(fail);
