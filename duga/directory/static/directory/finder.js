/* Comfort only: the finder works without this file. Nothing here sends anything anywhere. */
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Sort by distance: the position stays in this page.
  const kilometres = (a, b) => {
    const radians = Math.PI / 180;
    const h = Math.sin((b[0] - a[0]) * radians / 2) ** 2
      + Math.cos(a[0] * radians) * Math.cos(b[0] * radians) * Math.sin((b[1] - a[1]) * radians / 2) ** 2;
    return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
  };
  const said_number = (far) => far.toLocaleString(`${document.documentElement.lang}-u-nu-latn`,
    { minimumFractionDigits: far < 10 ? 1 : 0, maximumFractionDigits: far < 10 ? 1 : 0 });
  const list = document.querySelector("[data-found]");
  const near = document.querySelector("[data-near]");
  if (near && list && navigator.geolocation && list.querySelector("[data-at]")) {
    near.hidden = false;
    near.addEventListener("click", () => {
      near.disabled = true;
      navigator.geolocation.getCurrentPosition((found) => {
        const here = [found.coords.latitude, found.coords.longitude];
        const cards = all("[data-found] > li").map((card, place) => {
          const points = (card.dataset.at || "").split(" ").filter(Boolean).map((at) => at.split(",").map(Number));
          return { card, place, far: Math.min(...points.map((point) => kilometres(here, point))) };
        });
        cards.sort((a, b) => a.far - b.far || a.place - b.place);
        for (const { card, far } of cards) {
          const said = card.querySelector("[data-far]");
          if (said && Number.isFinite(far)) said.textContent = near.dataset.words.replace("0", said_number(far));
          list.append(card);
        }
        near.disabled = false;
      }, () => {
        near.textContent = near.dataset.refused;
      }, { maximumAge: 300000, timeout: 20000 });
    });
  }

  // Share with what the phone has.
  if (navigator.share) {
    for (const button of all("[data-share]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {});
      });
    }
  }
})();
