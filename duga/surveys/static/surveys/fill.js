/* A form on the screen: ODK's own engine works it out (what is asked, what is wrong, what is sent), this draws it.

   One element a node of the form, kept up to date by the engine's own reactivity: nothing is drawn anew but what has
   changed, so that focus and half a word stay. Words of ours come from the page ([data-words]), those of the form from
   the form. `dugaForm(engine, {…})` gives {root, draw, languages, …}; what is kept and sent is in answers.js. */
export async function openForm(engine, told) {
  const { createMutable, createRoot, createRenderEffect: effect, loadForm } = engine;
  const { words, place, address } = told;
  const found = await loadForm(told.xform, {
    fetchFormAttachment: async (resource) => fetch(address(resource), { credentials: "same-origin" }),
    missingResourceBehavior: "BLANK",
  });
  if (found.status === "failure") throw found.error;
  const how = { stateFactory: createMutable, preloadProperties: told.preload || {}, geolocationProvider: { getLocation: position } };
  const instance = await (told.kept ? found.restoreInstance({ data: [told.kept] }, how) : found.createInstance(how));
  const root = instance.root;
  let tried = false;  // to send: from then on everything that is wrong says so
  const touched = createMutable({});
  const fields = new Map();  // nodeId -> the element that takes the focus

  // --- small things --------------------------------------------------------------------------------------
  function make(tag, props = {}, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...inside.filter((each) => each !== null && each !== undefined));
    return made;
  }
  const shown = (text) => Boolean(text && (text.asString || text.imageSource || text.audioSource || text.videoSource));
  const TAGS = new Set(["a", "br", "div", "em", "li", "ol", "p", "span", "strong", "u", "ul", "h1", "h2", "h3", "h4", "h5", "h6"]);
  /** A form's text with its emphasis, links and lists; its headings stay below the page's; foreign markup is text. */
  function formatted(nodes) {
    const all = document.createDocumentFragment();
    for (const node of nodes) {
      if (node.role === "child") all.append(node.value);
      else if (node.role === "html") all.append(node.unsafeHtml.replace(/<[^>]*>/g, ""));
      else if (node.role === "line-break") all.append(document.createElement("br"));
      else if (TAGS.has(node.elementName)) {
        const heading = /^h[1-6]$/.test(node.elementName);
        const made = make(heading ? "strong" : node.elementName === "p" ? "span" : node.elementName);
        if (heading || node.elementName === "p") made.className = "block";
        if (node.elementName === "a" && /^(https?:|mailto:|tel:)/.test(node.url || "")) {
          made.setAttribute("href", node.url);
          made.setAttribute("rel", "noreferrer");
          made.setAttribute("target", "_blank");
        }
        made.append(formatted(node.children));
        all.append(made);
      } else all.append(formatted(node.children || []));
    }
    return all;
  }
  /** Keeps an element's content at a text of the form, with its picture, sound or film. */
  function say(into, text) {
    effect(() => {
      const now = text();
      if (!shown(now)) return into.replaceChildren();
      into.replaceChildren(formatted(now.formatted));
      if (now.imageSource) into.append(make("img", { src: address(now.imageSource), alt: now.asString ? "" : words.picture }));
      if (now.audioSource) into.append(make("audio", { src: address(now.audioSource), controls: true, preload: "none" }));
      if (now.videoSource) into.append(make("video", { src: address(now.videoSource), controls: true, preload: "none" }));
    });
    return into;
  }
  const label = (node) => node.currentState.label;

  // --- one question ----------------------------------------------------------------------------------------
  /** The frame of a question: its words, its hint, what is wrong with it. `parts`: a set of choices rather than one field. */
  function question(node, control, parts = false) {
    const id = `q${node.nodeId.replace(/\W/g, "-")}`, wrong = make("p", { class: "wrong", id: `${id}-wrong` });
    const hint = say(make("p", { class: "hint", id: `${id}-hint` }), () => node.currentState.hint);
    const title = say(make("span"), () => label(node)), star = make("span", { class: "star" });
    const head = parts ? make("legend", {}, title, star) : make("label", { for: id }, title, star);
    const frame = make(parts ? "fieldset" : "div", { class: "q" }, head, hint, control, wrong);
    const target = parts ? frame : control.matches("input,textarea,select") ? control : control.querySelector("input,textarea,select,button");
    if (target && !parts) target.id = id;
    fields.set(node.nodeId, parts ? control.querySelector("input,select,button") || frame : target || frame);
    if (parts) frame.id = id;
    effect(() => { frame.hidden = !node.currentState.relevant; });
    effect(() => {
      star.textContent = node.currentState.required ? ` (${words.must})` : "";
      if (target && !parts) target.toggleAttribute("aria-required", false);
    });
    effect(() => {
      const violation = node.validationState.violation;
      const tell = violation && (tried || touched[node.nodeId]);
      wrong.textContent = tell ? ((violation.message && violation.message.asString) || words[violation.condition]) : "";
      frame.classList.toggle("bad", Boolean(tell));
      const described = [shown(node.currentState.hint) && hint.id, tell && wrong.id].filter(Boolean).join(" ");
      for (const each of parts ? [frame] : [target]) {
        if (!each) continue;
        if (described) each.setAttribute("aria-describedby", described);
        else each.removeAttribute("aria-describedby");
        if (!parts) each.setAttribute("aria-invalid", tell ? "true" : "false");
      }
    });
    return frame;
  }
  const touch = (node) => { touched[node.nodeId] = true; };
  const text_ = (value) => (value === null || value === undefined ? "" : String(value));
  /** A field whose value and the form's are kept alike; what cannot be understood stays in the field and is refused. */
  function bound(node, control, read = (said) => said, write = text_) {
    effect(() => {
      const value = write(node.currentState.value);
      if (document.activeElement !== control && control.value !== value) control.value = value;
    });
    effect(() => { control.readOnly = control.disabled = node.currentState.readonly; });
    control.addEventListener("input", () => { set(node, () => node.setValue(read(control.value))); });
    control.addEventListener("change", () => touch(node));
    return control;
  }
  function set(node, does) {
    try { does(); } catch (error) { touch(node); }
    told.changed();
  }
  const NUMBER = { int: /^-?\d*$/, decimal: /^-?\d*([.,]\d*)?$/ };
  function number(node) {
    const control = make("input", { inputmode: node.valueType === "int" ? "numeric" : "decimal", autocomplete: "off" });
    effect(() => {
      const value = text_(node.currentState.value);
      if (document.activeElement !== control && control.value.replace(",", ".") !== value) control.value = value;
    });
    effect(() => { control.readOnly = node.currentState.readonly; });
    control.addEventListener("input", () => {
      const said = control.value.trim(), fits = NUMBER[node.valueType].test(said) && !/^-?[.,]?$/.test(said);
      control.setCustomValidity(said && !fits ? words.number : "");
      set(node, () => node.setValue(said && fits ? said.replace(",", ".") : null));
    });
    control.addEventListener("change", () => { touch(node); if (!control.checkValidity()) control.reportValidity(); });
    return question(node, control);
  }
  const two = (value) => String(value).padStart(2, "0");
  const offset = () => {
    const away = -new Date().getTimezoneOffset(), size = Math.abs(away);
    return `${away < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  };
  function input(node) {
    const long = node.appearances && (node.appearances.multiline || (node.nodeOptions && node.nodeOptions.rows));
    switch (node.valueType) {
      case "int": case "decimal": return number(node);
      case "date": return question(node, bound(node, make("input", { type: "date" }), (said) => said || null));
      case "time": return question(node, bound(node, make("input", { type: "time" }), (said) => (said ? `${said}:00.000${offset()}` : null), (value) => text_(value).slice(0, 5)));
      case "dateTime": return question(node, bound(node, make("input", { type: "datetime-local" }), (said) => (said ? `${said}:00.000${offset()}` : ""), (value) => text_(value).slice(0, 16)));
      case "geopoint": return question(node, place_(node));
      case "geotrace": case "geoshape": return question(node, line(node));
      default: return question(node, bound(node, long ? make("textarea", { rows: (node.nodeOptions && node.nodeOptions.rows) || 4, dir: "auto" }) : make("input", { type: "text", dir: "auto" })));
    }
  }

  // --- places ---------------------------------------------------------------------------------------------
  function position() {
    return new Promise((done, fail) => {
      if (!navigator.geolocation) return fail(new Error(words.noplace));
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => done([coords.latitude, coords.longitude, coords.altitude || 0, coords.accuracy || 0].join(" ")),
        () => fail(new Error(words.noplace)), { enableHighAccuracy: true, timeout: 30000 },
      );
    });
  }
  const point = (value) => (value && typeof value === "object" ? [value.latitude, value.longitude, value.altitude || 0, value.accuracy || 0].join(" ") : text_(value));
  function here(node, add) {
    const said = make("span", { class: "quiet", role: "status" });
    const button = make("button", { type: "button", class: "button quiet", onclick: async () => {
      said.textContent = words.looking;
      try { add(await position()); said.textContent = ""; } catch (error) { said.textContent = error.message; }
    } }, words.here);
    effect(() => { button.disabled = node.currentState.readonly; });
    return [button, said];
  }
  function place_(node) {
    const control = make("input", { type: "text", inputmode: "decimal", placeholder: "42.44 19.26" });
    effect(() => { const value = point(node.currentState.value); if (document.activeElement !== control) control.value = value; });
    control.addEventListener("change", () => {
      const numbers = control.value.trim().split(/[\s;]+/).map((each) => Number(each.replace(",", ".")));
      const fits = numbers.length >= 2 && numbers.every(Number.isFinite) && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180;
      control.setCustomValidity(control.value && !fits ? words.place : "");
      touch(node);
      if (!control.checkValidity()) return control.reportValidity();
      set(node, () => node.setValue(fits ? numbers.concat([0, 0]).slice(0, 4).join(" ") : null));
    });
    return make("div", { class: "inline" }, control, ...here(node, (said) => set(node, () => node.setValue(said))));
  }
  function line(node) {
    const control = make("textarea", { rows: 4, placeholder: "42.44 19.26 0 0; 42.45 19.27 0 0" });
    const value = () => { const now = node.currentState.value; return Array.isArray(now) ? now.map(point).join("; ") : now && now.points ? Array.from(now.points, point).join("; ") : text_(now); };
    effect(() => { const now = value(); if (document.activeElement !== control) control.value = now; });
    control.addEventListener("change", () => { touch(node); set(node, () => node.setValue(control.value.trim() || null)); });
    return make("div", { class: "inline" }, control, ...here(node, (said) => set(node, () => node.setValue([control.value.trim(), said].filter(Boolean).join("; ")))));
  }

  // --- choices --------------------------------------------------------------------------------------------
  /** Draws a list of things again only where it changed, each with the element it had, which lives as long as its thing. */
  function each(into, list, draw) {
    let before = new Map();
    effect(() => {
      const now = new Map();
      for (const item of list()) {
        const id = item.nodeId || item.value;
        now.set(id, before.get(id) || createRoot((end) => ({ element: draw(item), end })));
      }
      for (const [id, gone] of before) if (!now.has(id)) gone.end();
      const wanted = Array.from(now.values(), (drawn) => drawn.element);
      if (wanted.length !== into.children.length || wanted.some((element, at) => into.children[at] !== element)) into.replaceChildren(...wanted);
      before = now;
    });
    return into;
  }
  const LONG = 12;
  function select(node) {
    const one = node.selectType !== "select", name = `n${node.nodeId.replace(/\W/g, "-")}`;
    if (one && node.appearances && node.appearances.minimal) return question(node, menu(node));
    const pick = (value, on) => set(node, () => {
      touch(node);
      if (one) return node.selectValue(on ? value : null);
      const now = node.currentState.value.filter((other) => other !== value);
      return node.selectValues(on ? [...now, value] : now);
    });
    const choices = each(make("div", { class: "choices" }), () => node.currentState.valueOptions, (item) => {
      const box = make("input", { type: one ? "radio" : "checkbox", name, value: item.value, onchange: () => pick(item.value, box.checked) });
      effect(() => { box.checked = node.currentState.value.includes(item.value); });
      effect(() => { box.disabled = node.currentState.readonly; });
      return make("label", { class: "choice" }, box, say(make("span"), () => (node.getValueOption(item.value) || item).label));
    });
    const none = one ? make("button", { type: "button", class: "clear", onclick: () => set(node, () => node.selectValue(null)) }, words.clear) : null;
    if (none) effect(() => { none.hidden = !node.currentState.value.length || node.currentState.readonly; });
    return question(node, make("div", {}, searched(node, choices), choices, none), true);
  }
  /** A field to narrow a long list of choices by. */
  function searched(node, choices) {
    const find = make("input", { type: "search", "aria-label": words.find, placeholder: words.find });
    find.addEventListener("input", () => {
      const wanted = find.value.toLocaleLowerCase();
      for (const choice of choices.children) choice.hidden = !choice.textContent.toLocaleLowerCase().includes(wanted) && !choice.querySelector("input").checked;
    });
    effect(() => { find.hidden = node.currentState.valueOptions.length <= LONG; });
    return find;
  }
  function menu(node) {
    const control = make("select");
    effect(() => {
      control.replaceChildren(new Option(words.choose, ""), ...node.currentState.valueOptions.map((item) => new Option(item.label.asString, item.value)));
      control.value = node.currentState.value[0] || "";
    });
    effect(() => { control.disabled = node.currentState.readonly; });
    control.addEventListener("change", () => { touch(node); set(node, () => node.selectValue(control.value || null)); });
    return control;
  }
  function rank(node) {
    const names = () => { const now = node.currentState.value; return now.length ? now : node.currentState.valueOptions.map((item) => item.value); };
    const list = make("ol", { class: "rank" });
    const move = (value, by) => {
      const now = [...names()], at = now.indexOf(value), to = at + by;
      if (to < 0 || to >= now.length) return;
      now.splice(at, 1);
      now.splice(to, 0, value);
      touch(node);
      set(node, () => node.setValues(now));
      const again = list.querySelector(`[data-value="${CSS.escape(value)}"] [data-by="${by}"]`);
      if (again) again.focus();
    };
    effect(() => {
      list.replaceChildren(...names().map((value) => {
        const title = text_((node.getValueLabel(value) || {}).asString || value);
        const button = (by, sign, said) => make("button", { type: "button", "data-by": by, "aria-label": `${said}: ${title}`, onclick: () => move(value, by) }, sign);
        return make("li", { "data-value": value }, make("span", {}, title), button(-1, "↑", words.up), button(1, "↓", words.down));
      }));
    });
    const ready = make("button", { type: "button", class: "clear", onclick: () => { touch(node); set(node, () => node.setValues([...names()])); } }, words.asis);
    effect(() => { ready.hidden = node.currentState.value.length > 0; });
    return question(node, make("div", {}, list, ready), true);
  }

  // --- the rest -------------------------------------------------------------------------------------------
  function range(node) {
    const bounds = node.definition.bounds, control = make("input", { type: "range", min: bounds.min, max: bounds.max, step: bounds.step });
    const said = make("output"), none = make("button", { type: "button", class: "clear", onclick: () => set(node, () => node.setValue(null)) }, words.clear);
    effect(() => {
      const value = text_(node.currentState.value);
      said.textContent = value || words.unanswered;
      if (value) control.value = value;
      none.hidden = !value || node.currentState.readonly;
    });
    effect(() => { control.disabled = node.currentState.readonly; });
    control.addEventListener("input", () => { touch(node); set(node, () => node.setValue(control.value)); });
    control.addEventListener("click", () => { if (node.currentState.value === null) set(node, () => node.setValue(control.value)); });
    return question(node, make("div", { class: "inline" }, control, said, none));
  }
  function upload(node) {
    const control = make("input", { type: "file", accept: node.nodeOptions.media.accept }), said = make("span", { class: "quiet" });
    const none = make("button", { type: "button", class: "clear", onclick: () => { control.value = ""; set(node, () => node.setValue(null)); } }, words.remove);
    control.addEventListener("change", () => {
      const file = control.files[0] || null, big = file && file.size > told.most;
      control.setCustomValidity(big ? words.big : "");
      touch(node);
      if (big) { control.value = ""; control.reportValidity(); return control.setCustomValidity(""); }
      return set(node, () => node.setValue(file));
    });
    effect(() => {
      const file = node.currentState.value;
      said.textContent = file ? `${file.name} · ${Math.ceil(file.size / 1024)} kB` : "";
      none.hidden = !file || node.currentState.readonly;
      control.disabled = node.currentState.readonly;
    });
    return question(node, make("div", { class: "inline" }, control, said, none));
  }
  function trigger(node) {
    const box = make("input", { type: "checkbox", onchange: () => { touch(node); set(node, () => node.setValue(box.checked)); } });
    effect(() => { box.checked = Boolean(node.currentState.value); box.disabled = node.currentState.readonly; });
    return question(node, make("label", { class: "choice" }, box, make("span", {}, words.ok)), true);
  }
  function note(node) {
    const frame = make("div", { class: "q note" }, say(make("p", { class: "said" }), () => label(node)), say(make("p", { class: "hint" }), () => node.currentState.hint));
    effect(() => { frame.hidden = !node.currentState.relevant; });
    return frame;
  }
  function group(node) {
    const title = say(make("h2"), () => label(node)), inside = children(node, make("div"));
    const frame = make("section", { class: "group" }, title, inside);
    effect(() => { title.hidden = !shown(label(node)); });
    effect(() => { frame.hidden = !node.currentState.relevant || !node.currentState.hasRelevantBodyNodes; });
    return frame;
  }
  function repeats(node) {
    const free = node.nodeType === "repeat-range:uncontrolled";
    const title = () => (shown(label(node)) ? label(node).asString : words.entry);
    const list = each(make("div"), () => node.currentState.children, (one) => {
      const head = make("h2"), remove = make("button", { type: "button", class: "button quiet", onclick: () => set(node, () => node.removeInstances(node.currentState.children.indexOf(one))) }, words.remove);
      effect(() => {
        head.textContent = `${shown(label(one)) ? label(one).asString : title()} ${node.currentState.children.indexOf(one) + 1}`;
        remove.hidden = !free || node.currentState.readonly;
        remove.setAttribute("aria-label", `${words.remove}: ${head.textContent}`);
      });
      return make("section", { class: "group repeat" }, head, children(one, make("div")), remove);
    });
    const add = make("button", { type: "button", class: "button quiet", onclick: () => {
      set(node, () => node.addInstances());
      const last = list.lastElementChild && list.lastElementChild.querySelector("input,textarea,select");
      if (last) last.focus();
    } });
    effect(() => { add.textContent = `+ ${title()}`; add.hidden = !free || node.currentState.readonly; });
    const frame = make("div", { class: "repeats" }, list, add);
    effect(() => { frame.hidden = !node.currentState.relevant; });
    return frame;
  }
  const DRAW = { input, select, rank, range, upload, trigger, note, group, "repeat-range:controlled": repeats, "repeat-range:uncontrolled": repeats };
  function children(node, into) {
    return each(into, () => node.currentState.children.filter((child) => DRAW[child.nodeType]), (child) => DRAW[child.nodeType](child));
  }

  const asked = (node, all = []) => {
    for (const child of node.currentState.children || []) {
      if (!child.currentState.relevant) continue;
      if (child.currentState.children) asked(child, all);
      else if (["input", "select", "rank", "range", "upload", "trigger"].includes(child.nodeType) && !child.currentState.readonly) all.push(child);
    }
    return all;
  };
  createRoot(() => children(root, place));
  return {
    root, effect: (does) => createRoot(() => effect(does)),
    languages: root.languages,
    /** {answered, of}: how many of the questions that are asked now have an answer. */
    progress() {
      const all = asked(root);
      return { of: all.length, answered: all.filter((node) => node.currentState.instanceValue !== "").length };
    },
    /** What would be sent now: a FormData with `xml_submission_file` and the files; `wrong` the nodes to be looked at. */
    async payload() {
      const made = await root.prepareInstancePayload({ payloadType: "monolithic" }), [data] = made.data;
      // The engine leaves out files that were there when a form was gone on with: to it they have been sent.
      for (const node of asked(root)) {
        const name = node.nodeType === "upload" ? node.currentState.instanceValue : "";
        if (name && told.kept && !data.has(name) && told.kept.has(name)) data.set(name, told.kept.get(name));
      }
      return { data, wrong: made.status === "ready" ? [] : made.violations.map((each_) => each_.nodeId) };
    },
    /** Shows everything that is wrong and goes to the first; true when nothing is. */
    async complain() {
      const { wrong } = await this.payload(), own = place.querySelector(":invalid");
      tried = true;
      for (const id of wrong) touched[id] = true;
      const first = wrong.length ? fields.get(wrong[0]) : own;
      if (first) { first.scrollIntoView({ block: "center" }); first.focus(); }
      if (own && !wrong.length) own.reportValidity();
      return wrong.length + (own ? 1 : 0);
    },
  };
}
