"use strict";
// Shows the values at the time that is pointed at. Without it the page is complete but still.
(() => {
  const signed = (v) => (Math.abs(v) < 0.005 ? "0.00" : (v > 0 ? "+" : "\u2212") + Math.abs(v).toFixed(2));
  const clock = (s) => {
    const tenths = Math.round(s * 10);
    return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
  };

  for (const panel of document.querySelectorAll("[data-panel]")) {
    const data = JSON.parse(panel.querySelector("[data-pointer]").textContent);
    const [start, end] = data.span;
    const names = panel.dataset.names.split(",");
    const part = (name) => panel.querySelector(`[data-${name}]`);
    const cursors = panel.querySelectorAll("[data-cursor]");
    const slider = panel.querySelector("[role=slider]");
    let now = start;

    const nearest = (t) => {
      let best = null;
      for (const point of data.curve) {
        if (best === null || Math.abs(point[0] - t) < Math.abs(best[0] - t)) best = point;
      }
      return best !== null && best[1] !== null && Math.abs(best[0] - t) < Math.max(1, (end - start) / 100) ? best : null;
    };

    const show = (t) => {
      now = Math.min(Math.max(t, start), end);
      for (const cursor of cursors) {
        cursor.hidden = false;
        cursor.style.setProperty("--x", `${(100 * (now - start)) / (end - start)}%`);
      }
      const point = nearest(now);
      const column = data.columns.find((c) => c[0] <= now && now < c[1]);
      part("hint").hidden = true;
      part("values").hidden = false;
      part("time").textContent = clock(now);
      part("valence").textContent = point ? signed(point[1]) : "\u2014";
      part("band").textContent = point ? `(${signed(point[2])} to ${signed(point[3])})` : "";
      const shares = column ? column[3] : [];
      const top = shares.indexOf(Math.max(...shares));
      part("mostly").textContent = shares.length ? `${names[top]} ${shares[top]} %` : "";
      part("shown").hidden = !shares.length;
      part("used").textContent = column ? column[2] : 0;
      const out = column ? column[4].map(([reason, count]) => `${count} ${reason}`).join(", ") : "";
      part("out").textContent = out;
      part("lost").hidden = !out;
      if (slider) {
        slider.setAttribute("aria-valuenow", now.toFixed(1));
        slider.setAttribute("aria-valuetext", part("values").innerText.replace(/\s+/g, " "));
      }
    };

    const rest = () => {
      for (const cursor of cursors) cursor.hidden = true;
      part("hint").hidden = false;
      part("values").hidden = true;
    };

    for (const plot of panel.querySelectorAll("[data-plot]")) {
      const area = plot.querySelector(".area");
      const follow = (event) => {
        const box = area.getBoundingClientRect();
        show(start + ((event.clientX - box.left) / box.width) * (end - start));
      };
      plot.addEventListener("pointermove", follow);
      plot.addEventListener("pointerdown", follow);
      plot.addEventListener("pointerleave", rest);
    }
    if (slider) {
      const step = Math.max((end - start) / 100, 0.1);
      const moves = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step };
      slider.addEventListener("keydown", (event) => {
        if (event.key === "Home") show(start);
        else if (event.key === "End") show(end);
        else if (event.key in moves) show(now + moves[event.key]);
        else return;
        event.preventDefault();
      });
      slider.addEventListener("blur", rest);
    }
  }
})();
