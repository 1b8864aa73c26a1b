/* Keeps the frame of a phone's screens, so that they open without a connection, never an answer about anybody; and hands
   in, while no page is open, the letters that wait on this phone. It can open none of them. */
"use strict";
const TOLD = {{ told|safe }};
const NAME = `${TOLD.name} ${TOLD.files.join(" ")}`, WAIT = 8000;
importScripts(TOLD.kept);
const kept = self.dugaKept(TOLD.name);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(TOLD.files)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith(`${TOLD.name} `) && name !== NAME).map((name) => caches.delete(name)),
  )).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname === TOLD.opens && event.request.mode === "navigate") event.respondWith(pageOrShell(event.request));
  else if (TOLD.files.includes(pathname)) event.respondWith(keptOrFresh(event, pathname));
});

/** A page of the server's; the shell in its place while nothing comes. */
async function pageOrShell(request) {
  const late = new Promise((done) => setTimeout(done, WAIT)).then(() => caches.match(TOLD.shell));
  try { return (await Promise.race([fetch(request), late])) || await fetch(request); } catch (error) {
    return (await caches.match(TOLD.shell)) || Response.error();
  }
}
/** A file of the frame as it is kept, made anew behind it. */
async function keptOrFresh(event, pathname) {
  const fresh = fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) {
      const copy = answer.clone();
      event.waitUntil(caches.open(NAME).then((cache) => cache.put(pathname, copy)));
    }
    return answer;
  });
  const found = await caches.match(pathname);
  if (found) fresh.catch(() => {});
  return found || fresh;
}

/** Letters are handed in, and it is asked whether this phone must empty itself. What fails, the browser tries again. */
const contact = () => kept.tidy().then(() => kept.contact(TOLD.contact, TOLD.name === "shift" ? "omit" : "same-origin"));
for (const name of ["sync", "periodicsync"]) self.addEventListener(name, (event) => event.waitUntil(contact()));
