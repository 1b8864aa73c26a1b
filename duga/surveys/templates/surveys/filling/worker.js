/* Forms without a connection: their pages, texts and files are kept, never an answer; what waits in the browser's own
   sealed store is sent when there is a connection again. */
"use strict";
const TOLD = {{ told|safe }};
const NAME = `forms ${TOLD.files.join(" ")}`, WAIT = 6000;
importScripts(TOLD.answers);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(TOLD.files)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("forms ") && name !== NAME).map((name) => caches.delete(name)),
  )).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === TOLD.worker || pathname.includes("/by-link/")) return;  // what opens by a secret is not kept
  if (TOLD.files.includes(pathname)) event.respondWith(keptFirst(event.request, pathname));
  else if (pathname.startsWith(TOLD.scope)) event.respondWith(freshFirst(event.request, pathname));
});
async function keptFirst(request, pathname) {
  return (await caches.match(pathname, { cacheName: NAME })) || fetch(request);
}
/** The server's word while it comes in time; what was kept of it else. A page that asks to sign in is not kept. */
async function freshFirst(request, pathname) {
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await (await caches.open(NAME)).put(pathname, answer.clone());
    return answer;
  });
  fresh.catch(() => {});
  const late = new Promise((done) => setTimeout(done, WAIT)).then(() => caches.match(pathname, { cacheName: NAME }));
  try { return (await Promise.race([fresh, late])) || await fresh; } catch (error) {
    return (await caches.match(pathname, { cacheName: NAME })) || Response.error();
  }
}
/** Takes forms along: each page, its text, and the files that the text names. */
async function along(pages) {
  const cache = await caches.open(NAME);
  for (const page of pages) {
    const answer = await fetch(page, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) continue;
    await cache.put(page, answer);
    if (page === TOLD.scope) continue;
    const form = await fetch(`${page}form.xml`);
    if (!form.ok) continue;
    const names = new Set(Array.from((await form.clone().text()).matchAll(/jr:\/\/[a-z-]+\/([^"'<\s]+)/g), (found) => found[1]));
    await cache.put(`${page}form.xml`, form);
    for (const name of names) {
      const file = await fetch(`${page}files/${encodeURIComponent(name)}`);
      if (file.ok) await cache.put(`${page}files/${encodeURIComponent(name)}`, file);
    }
  }
}
self.addEventListener("message", (event) => {
  if (event.data && event.data.along) event.waitUntil(along(event.data.along).then(() => event.source.postMessage("along")).catch(() => {}));
});
self.addEventListener("sync", (event) => {
  event.waitUntil(self.dugaAnswers().send().then((done) => { if (done.left && !done.signin) throw new Error("later"); }));
});
