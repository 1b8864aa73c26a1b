/* Keeps the frame of the shift's screens, so that they open without a connection. Never an answer about anybody. */
"use strict";
const FILES = {{ files|safe }};
const NAME = "shift " + FILES.join(" ");
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("shift ") && name !== NAME).map((name) => caches.delete(name)),
  )).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !FILES.includes(pathname)) return;
  const fresh = fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) {
      const copy = answer.clone();
      caches.open(NAME).then((kept) => kept.put(pathname, copy));
    }
    return answer;
  });
  event.respondWith(caches.match(pathname).then((kept) => {
    if (kept) fresh.catch(() => {});
    return kept || fresh;
  }));
});
