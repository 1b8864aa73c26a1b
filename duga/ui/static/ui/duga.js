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
    for (const event of ["submit", "kept"]) form.addEventListener(event, () => { unsaved = false; });
  }
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  // Signing out, a phone forgets all it carried for a shift; letters stay, which it cannot read, until they are sent.
  for (const form of all("form[data-forgets]")) {
    form.addEventListener("submit", async () => {
      const known = indexedDB.databases ? await indexedDB.databases() : [];
      if (!known.some((each) => each.name === "duga-shift")) return;
      const asked = indexedDB.open("duga-shift");
      asked.onsuccess = () => asked.result.transaction("kept", "readwrite").objectStore("kept").clear();
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
