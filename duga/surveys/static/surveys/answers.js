/* What this browser keeps of forms: half-filled ones, to go on with, and finished ones that wait for a connection.

   All is sealed (AES-GCM) under a key that this browser made and does not give out: a copy of its files reads nothing.
   Whoever opens the browser itself could, so what is half filled can be forgotten by a button, goes when somebody else
   signs in, and after thirty days. What waits leaves only when the server has said that it is on its disk; each form
   bears a number of its own, so that one sent twice is one. For a page and its service worker; nothing newer than
   Chrome 90 stands here. */
self.dugaAnswers = () => {
  "use strict";
  const KEEP = 30 * 24 * 3600 * 1000, SLOW = 120000;
  const subtle = crypto.subtle, write = new TextEncoder(), read = new TextDecoder();
  let base = null;
  const open = () => base ||= new Promise((done, fail) => {
    const asked = indexedDB.open("duga-answers", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("key");
      asked.result.createObjectStore("drafts");
      asked.result.createObjectStore("queue", { keyPath: "id", autoIncrement: true });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const run = async (store, mode, work) => {
    const db = await open();
    return new Promise((done, fail) => {
      const step = db.transaction(store, mode, { durability: "strict" });
      const asked = work(step.objectStore(store));
      step.oncomplete = () => done(asked && asked.result);
      step.onabort = step.onerror = () => fail(step.error || (asked && asked.error));
    });
  };
  async function key() {
    const found = await run("key", "readonly", (store) => store.get("own"));
    if (found) return found;
    const made = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await run("key", "readwrite", (store) => store.add(made, "own")).catch(() => {});  // another page was faster
    return run("key", "readonly", (store) => store.get("own"));
  }

  // --- a form and its files as bytes: a heading, then one after the other ------------------------------------------
  async function pack(data, more) {
    const parts = [], told = [];
    for (const [name, file] of data.entries()) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      told.push([name, file.name, file.type, bytes.length]);
      parts.push(bytes);
    }
    const head = write.encode(JSON.stringify({ ...more, parts: told }));
    const all = new Uint8Array(4 + head.length + parts.reduce((sum, part) => sum + part.length, 0));
    new DataView(all.buffer).setUint32(0, head.length);
    all.set(head, 4);
    let at = 4 + head.length;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
  }
  function unpack(all) {
    const size = new DataView(all.buffer, all.byteOffset).getUint32(0), head = JSON.parse(read.decode(all.subarray(4, 4 + size)));
    const data = new FormData();
    let at = 4 + size;
    for (const [name, file, type, length] of head.parts) {
      data.append(name, new File([all.slice(at, at + length)], file, { type }));
      at += length;
    }
    return { ...head, data };
  }
  async function seal(all) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, await key(), all)) };
  }
  const unseal = async (box) => unpack(new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: box.iv }, await key(), box.data)));

  // --- half filled -----------------------------------------------------------------------------------------
  /** `more` is kept with it: the form as it was, who fills it in. */
  const keep = async (where, who, data, more) => {
    const box = await seal(await pack(data, more));
    await run("drafts", "readwrite", (store) => store.put({ who, at: Date.now(), box }, where));
  };
  const drop = (where) => run("drafts", "readwrite", (store) => store.delete(where));
  /** {at, data, …more}, null where nothing is kept, it is another's, too old, or cannot be opened any more. */
  async function draft(where, who) {
    const kept = await run("drafts", "readonly", (store) => store.get(where));
    if (!kept) return null;
    if (kept.who === who && Date.now() - kept.at < KEEP) {
      try { return { at: kept.at, ...await unseal(kept.box) }; } catch (error) { /* of a key that is gone */ }
    }
    await drop(where);
    return null;
  }
  /** Somebody else has signed in, or nobody: what was half filled by others goes. */
  async function tidy(who) {
    const db = await open();
    await new Promise((done, fail) => {
      const step = db.transaction("drafts", "readwrite");
      step.objectStore("drafts").openCursor().onsuccess = (event) => {
        const at = event.target.result;
        if (!at) return;
        if ((at.value.who && at.value.who !== who) || Date.now() - at.value.at > KEEP) at.delete();
        at.continue();
      };
      step.oncomplete = done;
      step.onerror = () => fail(step.error);
    });
  }

  // --- waiting to be sent ----------------------------------------------------------------------------------
  /** From the drafts into the queue in one step: it is in one of both, whatever ends this page. */
  async function enqueue(where, who, to, title, data) {
    const item = { who, to, title, at: Date.now(), problem: "", box: await seal(await pack(data, {})) };
    const db = await open();
    return new Promise((done, fail) => {
      const step = db.transaction(["drafts", "queue"], "readwrite", { durability: "strict" });
      const asked = step.objectStore("queue").add(item);
      step.objectStore("drafts").delete(where);
      step.oncomplete = () => done(asked.result);
      step.onabort = step.onerror = () => fail(step.error);
    });
  }
  const queue = () => run("queue", "readonly", (store) => store.getAll());
  const remove = (id) => run("queue", "readwrite", (store) => store.delete(id));
  /** The header says whose it is: the server takes it in her session alone; no other site's page can send one. */
  async function post(item) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), SLOW);
    try {
      const { data } = await unseal(item.box);
      return await fetch(item.to, { method: "POST", body: data, headers: { Accept: "application/json", "X-Duga-Who": item.who || "link" }, cache: "no-store", signal: stop.signal });
    } finally { clearTimeout(timer); }
  }
  const alone = (does) => (self.navigator.locks ? navigator.locks.request("duga-answers", does) : does());
  /** Sends what waits. {sent: [ids], left, signin: whether somebody must sign in first}. */
  const send = () => alone(async () => {
    const told = { sent: [], left: 0, signin: false };
    for (const item of await queue()) {
      let answer = null;
      try { answer = await post(item); } catch (error) { told.left += 1; continue; }
      if (answer.status === 201) {
        await remove(item.id);
        told.sent.push(item.id);
        continue;
      }
      told.left += 1;
      if (answer.status === 401) told.signin = true;
      else if (answer.status < 500 && answer.status !== 429) {
        const said = await answer.json().catch(() => ({}));
        await run("queue", "readwrite", (store) => store.put({ ...item, problem: said.message || String(answer.status) }));
      }
    }
    return told;
  });

  return { keep, drop, draft, tidy, enqueue, queue, remove, send };
};
