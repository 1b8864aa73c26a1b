/* Comfort only: the map is drawn without this file. On a tap MapLibre takes the drawing's own regions and the list's own
   places; nothing is asked from anyone else, and nobody's position is asked for. */
(() => {
  "use strict";
  const drawn = document.querySelector("[data-map]");
  const button = document.querySelector("[data-moving]");
  const stage = document.querySelector("[data-stage]");
  if (!drawn || !button || !document.createElement("canvas").getContext("webgl2")) return;
  button.hidden = false;

  const plane = Object.fromEntries(["west", "north", "x", "y"].map((name) => [name, Number(drawn.dataset[name])]));
  const degrees = (x, y) => [plane.west + x / plane.x, plane.north - y / plane.y];
  const ring = (text) => {
    const points = text.slice(1).split("L").map((pair) => degrees(...pair.split(" ").map(Number)));
    return [...points, points[0]];
  };
  const feature = (path) => ({
    type: "Feature",
    properties: { here: path.classList.contains("here") },
    geometry: {
      type: "MultiPolygon",
      coordinates: path.getAttribute("d").split("Z").filter(Boolean).map((text) => [ring(text)]),
    },
  });

  const style = () => ({
    version: 8,
    sources: {
      regions: { type: "geojson", data: { type: "FeatureCollection", features: [...drawn.querySelectorAll("path")].map(feature) } },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": getComputedStyle(document.body).backgroundColor } },
      { id: "regions", type: "fill", source: "regions", paint: { "fill-color": getComputedStyle(drawn.querySelector("path")).fill } },
      { id: "borders", type: "line", source: "regions",
        paint: { "line-color": getComputedStyle(drawn.querySelector("path")).stroke, "line-width": ["case", ["get", "here"], 2.5, 1] } },
    ],
  });

  const show = () => {
    const maplibre = window.maplibregl;
    const box = drawn.viewBox.baseVal;
    maplibre.setWorkerUrl(button.dataset.worker);
    stage.hidden = false;
    const map = new maplibre.Map({
      container: stage, style: style(), bounds: [degrees(0, box.height), degrees(box.width, 0)], maxZoom: 13,
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0,
      locale: { "NavigationControl.ZoomIn": button.dataset.nearer, "NavigationControl.ZoomOut": button.dataset.wider,
        "Map.Title": document.querySelector("h1").textContent },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }));
    for (const place of document.querySelectorAll(".places > li")) {
      const [latitude, longitude] = place.dataset.at.split(",").map(Number);
      const mark = document.createElement("a");
      mark.href = `#${place.id}`;
      mark.className = "map-mark";
      mark.textContent = place.id.replace("mark-", "");
      mark.setAttribute("aria-label", `${mark.textContent}: ${place.querySelector("a").textContent}`);
      new maplibre.Marker({ element: mark }).setLngLat([longitude, latitude]).addTo(map);
      mark.setAttribute("role", "link");
    }
    map.once("load", () => { stage.dataset.ready = ""; });
    drawn.setAttribute("hidden", "");
    button.hidden = true;
  };
  const back = () => { stage.hidden = true; drawn.removeAttribute("hidden"); button.hidden = true; };

  button.addEventListener("click", () => {
    button.disabled = true;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = button.dataset.look;
    const script = document.createElement("script");
    script.src = button.dataset.script;
    script.onerror = back;
    script.onload = () => { try { show(); } catch { back(); } };
    document.head.append(sheet, script);
  });
})();
