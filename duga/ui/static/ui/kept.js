/* What a phone keeps for a time without a connection, and how it leaves it: for a page and its service worker.

   Sealing is to public keys (ECDH on P-256, HKDF, AES-GCM). The phone has a pair of its own: what it keeps is sealed to
   it, and its private half lies wrapped under a key made of the PIN, of a passkey (PRF), or under both. What is recorded
   becomes a letter sealed to the server's key: it can be sent while the phone is locked, and nobody on the phone reads it.
   Nothing newer than Chrome 90 may stand here (tests/casework/test_old_browsers.py). */
self.dugaKept = (name) => {
  "use strict";
  const ROUNDS = 310000, TRIES = 10, PART = 25;
  const MINUTE = 60000, AWAY = 7 * 24 * 60 * MINUTE, SLOW = MINUTE, OFF = 10 * MINUTE;
  const CURVE = { name: "ECDH", namedCurve: "P-256" }, AES = { name: "AES-GCM", length: 256 };
  const subtle = crypto.subtle, write = new TextEncoder(), read = new TextDecoder();
  let key = null, meta = null;

  // --- the store -----------------------------------------------------------------------------------------
  let base = null;
  const open = () => base ||= new Promise((done, fail) => {
    const asked = indexedDB.open(`duga-${name}`, 2);
    asked.onupgradeneeded = () => {
      for (const store of Array.from(asked.result.objectStoreNames)) asked.result.deleteObjectStore(store);
      asked.result.createObjectStore("kept");
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
  const get = (id) => run("kept", "readonly", (store) => store.get(id));
  const put = (id, value) => run("kept", "readwrite", (store) => store.put(value, id));
  const drop = (id) => run("kept", "readwrite", (store) => store.delete(id));
  const queue = () => run("queue", "readonly", (store) => store.getAll());

  /** One at a time, of all pages and the worker. */
  const alone = (does, what = "letters") => (navigator.locks ? navigator.locks.request(`duga-${name}-${what}`, does) : does());

  // --- sealing -------------------------------------------------------------------------------------------
  const random = (size) => crypto.getRandomValues(new Uint8Array(size));
  const joined = (one, two) => { const all = new Uint8Array(one.length + two.length); all.set(one); all.set(two, one.length); return all; };
  const text = (bytes) => { let said = ""; for (const byte of bytes) said += String.fromCharCode(byte); return btoa(said); };
  const bytes = (said) => Uint8Array.from(atob(said), (letter) => letter.charCodeAt(0));
  const publicKey = (raw) => subtle.importKey("raw", raw, CURVE, false, []);

  async function agreed(mine, theirs, salt) {
    const bits = await subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256);
    const raw = await subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt, info: write.encode("duga letter 1") };
    return subtle.deriveKey(how, raw, AES, false, ["encrypt", "decrypt"]);
  }
  const NONCE = { name: "AES-GCM", iv: new Uint8Array(12) };  // each key seals one thing
  async function seal(value, to) {
    const pair = await subtle.generateKey(CURVE, false, ["deriveBits"]);
    const mine = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
    const shared = await agreed(pair.privateKey, await publicKey(to), joined(mine, to));
    return joined(mine, new Uint8Array(await subtle.encrypt(NONCE, shared, write.encode(JSON.stringify(value)))));
  }
  async function unseal(box) {
    const theirs = box.slice(0, 65);
    const shared = await agreed(key, await publicKey(theirs), joined(theirs, meta.mine));
    return JSON.parse(read.decode(await subtle.decrypt(NONCE, shared, box.slice(65))));
  }

  // --- the lock: the private key, wrapped under what a PIN or a passkey gives --------------------------------------
  async function ofPin(pin, salt) {
    const raw = await subtle.importKey("raw", write.encode(pin), "PBKDF2", false, ["deriveKey"]);
    return subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw, AES, false, ["encrypt", "decrypt"]);
  }
  async function ofPasskey(given) {
    const raw = await subtle.importKey("raw", given, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: write.encode("duga passkey 1") };
    return subtle.deriveKey(how, raw, AES, false, ["encrypt", "decrypt"]);
  }
  async function wrap(raw, under) {
    const iv = random(12);
    return { iv, data: new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, under, raw)) };
  }
  const unwrap = (lock, under) => subtle.decrypt({ name: "AES-GCM", iv: lock.iv }, under, lock.data);
  const take = async (raw) => { key = await subtle.importKey("pkcs8", raw, CURVE, false, ["deriveBits"]); };

  /** Makes the phone's pair and wraps it under a PIN; it holds once `accept` says who the server is. */
  async function prepare(pin) {
    const pair = await subtle.generateKey(CURVE, true, ["deriveBits"]), salt = random(16);
    const mine = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
    const lock = await wrap(await subtle.exportKey("pkcs8", pair.privateKey), await ofPin(pin, salt));
    await put("coming", { mine, pin: { salt, tries: 0, ...lock }, passkey: null });
    return pair.privateKey;
  }
  /** `told`: {token, server: its key in base64, secret}. `unlocked`: what `prepare` gave, to go on at once. */
  async function accept(told, unlocked) {
    const coming = await get("coming");
    if (!coming) return false;
    const secret = await seal(told.secret, coming.mine);
    meta = { ...coming, token: told.token, server: bytes(told.server), secret, skew: 0, seen: 0, heard: Date.now() };
    await put("meta", meta);
    await drop("coming");
    if (unlocked) key = unlocked;
    return true;
  }
  /** The private key in the open, for one step; null when the PIN is wrong, "emptied" when it was the last try. */
  const byPin = (pin) => alone(async () => {
    // A try is counted before it is made, and from what is kept: neither ending the browser nor a second page gives more.
    meta = await get("meta");
    if (!meta || !meta.pin) return null;
    meta.pin.tries += 1;
    await put("meta", meta);
    const tried = await ofPin(pin, meta.pin.salt);
    let raw = null;
    try { raw = await unwrap(meta.pin, tried); } catch (error) {
      if (meta.pin.tries < TRIES) return null;
      await forget();
      return "emptied";
    }
    meta.pin.tries = 0;
    await put("meta", meta);
    return raw;
  }, "pin");
  async function unlock(pin) {
    const raw = await byPin(pin);
    if (raw && raw !== "emptied") await take(raw);
    return raw && raw !== "emptied" ? "open" : raw;
  }

  // --- a passkey opens the store where its authenticator gives a key (PRF); elsewhere it cannot -----------------------
  async function canPasskey() {
    if (!self.PublicKeyCredential) return false;
    const told = PublicKeyCredential.getClientCapabilities;
    const can = told ? await told.call(PublicKeyCredential) : {};
    return can["extension:prf"] !== false && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  }
  async function ask(id, salt) {
    const found = await navigator.credentials.get({ publicKey: {
      challenge: random(32), allowCredentials: [{ type: "public-key", id }], userVerification: "required",
      extensions: { prf: { eval: { first: salt } } },
    } });
    const told = found.getClientExtensionResults().prf;
    return told && told.results ? told.results.first : null;
  }
  /** "added"; "none" when this passkey gives no key; null or "emptied" as for a PIN. `only`: the PIN opens no more. */
  async function addPasskey(pin, title, only) {
    const raw = await byPin(pin);
    if (!raw || raw === "emptied") return raw;
    const salt = random(32);
    const made = await navigator.credentials.create({ publicKey: {
      challenge: random(32), rp: { name: "Duga" }, user: { id: random(16), name: title, displayName: title },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
      extensions: { prf: { eval: { first: salt } } },
    } });
    const told = made.getClientExtensionResults().prf;
    if (!told || !told.enabled) return "none";
    const id = new Uint8Array(made.rawId);
    const given = (told.results && told.results.first) || await ask(id, salt);
    if (!given) return "none";
    meta.passkey = { id, salt, ...await wrap(raw, await ofPasskey(given)) };
    if (only) meta.pin = null;
    await put("meta", meta);
    return "added";
  }
  async function unlockByPasskey() {
    const given = await ask(meta.passkey.id, meta.passkey.salt);
    if (!given) return null;
    await take(await unwrap(meta.passkey, await ofPasskey(given)));
    return "open";
  }

  // --- time: the server's, as far as it is known; a clock that was set back forgets ------------------------------------
  const now = () => Date.now() + ((meta && meta.skew) || 0);
  const off = () => (meta && Math.abs(meta.skew) > OFF ? Math.round(meta.skew / MINUTE) : 0);
  /** Whether what was kept {from, until} (moments of the server) may not be shown any more. */
  const over = (kept) => now() >= kept.until || now() < kept.from - OFF || now() < meta.seen - OFF;
  async function heard(at) {
    meta = await get("meta");
    if (!meta) return;
    meta.skew = Date.parse(at) - Date.now();
    if (Math.abs(meta.skew) < 2 * MINUTE) meta.skew = 0;
    meta.heard = Date.now();
    meta.seen = now();
    await put("meta", meta);
  }
  /** Looks at the clock: what is over goes, and after days without a word from the server all that can be read. */
  async function tidy() {
    meta = await get("meta");
    if (!meta) return false;
    if (Math.abs(Date.now() - meta.heard) > AWAY) {
      await forget();
      return true;
    }
    for (const id of ["pack", "places"]) {
      const kept = await get(id);
      if (kept && over(kept)) await drop(id);
    }
    if (now() > meta.seen + MINUTE) {
      meta.seen = now();
      await put("meta", meta);
    }
    return false;
  }

  // --- emptying ------------------------------------------------------------------------------------------
  const channel = self.BroadcastChannel ? new BroadcastChannel(`duga-${name}`) : { postMessage() {} };
  /** All that can be read here goes, with the only key to it; letters stay until the server has them. */
  async function forget(letters = true, token = null) {
    if (!letters) {
      const gone = (await queue()).filter((each) => each.token === token).map((each) => each.id);
      await run("queue", "readwrite", (store) => { for (const id of gone) store.delete(id); });
    }
    if (!token || (meta && meta.token === token)) {
      key = meta = null;
      await run("kept", "readwrite", (store) => store.clear());
      channel.postMessage("emptied");
    }
  }

  // --- the queue: a record leaves the phone only when the server has said that it has it -----------------------------------
  function number() {  // as crypto.randomUUID, which older browsers lack
    const given = random(16);
    given[6] = (given[6] & 15) | 64;
    given[8] = (given[8] & 63) | 128;
    const hex = Array.from(given, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
  async function letterOf(record, secret) {
    return text(await seal({ secret, record }, meta.server));
  }
  /** Keeps a record for sending; `name` says on this phone whom it is about. */
  async function add(told, name_, secret) {
    meta = meta || await get("meta");
    const record = { nonce: number(), made_at: new Date(now()).toISOString(), ...told };
    const kept = { token: meta.token, nonce: record.nonce, letter: await letterOf(record, secret), own: await seal({ record, name: name_ }, meta.mine), sent: "" };
    await run("queue", "readwrite", (store) => store.add(kept));
    return record.nonce;
  }
  /** The same record, said anew (its number stays: it was not taken yet). */
  const change = (id, told, secret) => alone(async () => {
    const kept = (await queue()).find((each) => each.id === id);
    if (!kept) return;
    const own = await unseal(kept.own), record = { ...own.record, ...told };
    const next = { ...kept, letter: await letterOf(record, secret), own: await seal({ ...own, record }, meta.mine), sent: "", problem: null };
    await run("queue", "readwrite", (store) => store.put(next));
  });
  const remove = (id) => run("queue", "readwrite", (store) => store.delete(id));
  /** What waits, opened as far as this phone can: [{id, nonce, sent, name, record, problem}]. */
  async function waiting() {
    return Promise.all((await queue()).map(async (each) => {
      const shown = { id: each.id, nonce: each.nonce, token: each.token, letter: each.letter, sent: each.sent, name: "", record: null, problem: null };
      try { Object.assign(shown, await unseal(each.own)); } catch (error) { return shown; }  // of a key that is gone
      if (each.problem) shown.problem = await unseal(each.problem);
      return shown;
    }));
  }
  /** Takes the server's word on letters: what it has goes, the rest stays with its reason. */
  async function settle(told) {
    const by = new Map(told.map((each) => [each.nonce, each])), changed = [];
    for (const each of await queue()) {
      const word = by.get(each.nonce);
      if (!word) continue;
      if (word.sent !== "done" && word.sent !== "again") {
        if (word.record && meta) {
          each.own = await seal({ record: word.record, name: word.name || "" }, meta.mine);
          each.problem = await seal({ error: word.error, here: word.here }, meta.mine);
        }
        each.sent = word.sent;
      }
      changed.push(each);
    }
    await run("queue", "readwrite", (store) => {
      for (const each of changed) {
        if (each.sent) store.put(each);
        else store.delete(each.id);
      }
    });
  }
  async function post(address, told, more) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), SLOW);
    try {
      const answer = await fetch(address, { method: "POST", body: JSON.stringify(told), cache: "no-store", signal: stop.signal, ...more });
      return { status: answer.status, told: await answer.json() };
    } finally { clearTimeout(timer); }
  }
  /** Letters are handed in, and it is asked whether this phone must be emptied. True: it was. */
  const contact = (address, credentials) => alone(async () => {
    meta = await get("meta");
    let emptied = false;
    const all = await queue(), tokens = new Set(all.map((each) => each.token));
    if (meta) tokens.add(meta.token);
    for (const token of tokens) {
      const mine = all.filter((each) => each.token === token), rest = mine.filter((each) => !each.sent);
      let left = mine.length;
      do {
        const part = rest.splice(0, PART);
        const back = await post(address, { token, waiting: left, letters: part.map((each) => ({ nonce: each.nonce, letter: each.letter })) }, { credentials });
        if (back.status !== 200) throw new Error("no answer");
        await settle(back.told.records);
        left -= back.told.records.filter((each) => each.sent === "done" || each.sent === "again").length;
        if (meta && meta.token === token) await heard(back.told.now);
        if (back.told.order !== "stay") {
          emptied = emptied || Boolean(meta && meta.token === token);
          if (!rest.length || back.told.order === "all") await forget(back.told.order === "letters", token);
          if (back.told.order === "all") break;
        }
      } while (rest.length);
    }
    if (all.length) channel.postMessage("sent");
    return emptied;
  });

  return {
    add, addPasskey, accept, alone, canPasskey, change, channel, contact, drop, forget, get, heard, now, off, over, post, prepare, put,
    queue, remove, settle, tidy, unlock, unlockByPasskey, unseal, waiting,
    load: async () => { meta = await get("meta"); return meta; },
    lock: () => { key = null; },
    isOpen: () => Boolean(key),
    seal: (value) => seal(value, meta.mine),
    secret: () => unseal(meta.secret),
  };
};
