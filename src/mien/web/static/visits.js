// Says what the curve shows where one points, or where the arrow keys lead. The table below says the same in full.
const plot = document.getElementById("plot");
const readout = document.getElementById("readout");
const lines = [...document.querySelectorAll("#numbers tr[data-at]")].map((row) => row.dataset);

if (plot && lines.length) {
  const seconds = Number(plot.dataset.seconds);
  const cursor = plot.querySelector(".cursor");
  let here = 0;

  const show = (place) => {
    here = Math.min(Math.max(place, 0), lines.length - 1);
    const line = lines[here];
    const at = `${(100 * line.at) / seconds}%`;
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    cursor.setAttribute("visibility", "visible");
    readout.hidden = false;
    readout.textContent = readout.dataset.text
      .replace("{t}", Math.floor(line.at)).replace("{v}", line.v).replace("{l}", line.l).replace("{h}", line.h);
  };

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const t = (seconds * (event.clientX - box.left)) / box.width;
    let nearest = 0;
    lines.forEach((line, place) => {
      if (Math.abs(line.at - t) < Math.abs(lines[nearest].at - t)) nearest = place;
    });
    show(nearest);
  });
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -lines.length, End: lines.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    show(cursor.getAttribute("visibility") === "visible" ? here + step : step > 0 ? 0 : lines.length - 1);
  });
}
