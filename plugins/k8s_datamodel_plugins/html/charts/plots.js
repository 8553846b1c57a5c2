"use strict";

/* Puts plots by uPlot in the place of the drawings: with the values under the pointer, or at the
   time that the arrow keys choose, and with lines that can be hidden. Times are UTC. */
(() => {
  const HEIGHT = 280;
  const COLOURS = 6;
  const DASHES = [[], [8, 4], [2, 4]];
  const DAY = 24 * 60 * 60;
  const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const number = (value) => (value == null ? "unknown" : value.toLocaleString("en"));
  const moment = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
  const times = (_, splits, _axis, _space, step) =>
    splits.map((each) => (step < DAY ? moment(each).slice(5, 16) : moment(each).slice(0, 10)));

  function made(name, properties, attributes = {}) {
    const element = Object.assign(document.createElement(name), properties);
    Object.entries(attributes).forEach((each) => element.setAttribute(...each));
    return element;
  }

  function axis(more) {
    const line = { stroke: () => colour("line"), width: 1 };
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    return { stroke: () => colour("muted"), font, grid: line, ticks: line, ...more };
  }

  function series(_, index) {
    return {
      stroke: () => colour(`series-${(index % COLOURS) + 1}`),
      width: 2,
      dash: DASHES[Math.min(Math.floor(index / COLOURS), DASHES.length - 1)],
      points: { size: 4, fill: () => colour(`series-${(index % COLOURS) + 1}`) },
    };
  }

  function drawn(room, data, tell) {
    const options = {
      width: room.clientWidth,
      height: HEIGHT,
      padding: [null, 40, null, null], // for the last time
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { y: { range: [data.steps[0], data.steps.at(-1)] } },
      axes: [
        axis({ space: 110, values: times }),
        axis({ size: 64, splits: () => data.steps, values: (_, splits) => splits.map(number) }),
      ],
      series: [{}, ...data.lines.map(series)],
      hooks: { setCursor: [(plot) => tell(plot.cursor.idx)] },
    };
    const plot = new uPlot(options, [data.times, ...data.lines.map((each) => each.values)], room);
    new ResizeObserver(() => {
      if (room.clientWidth && room.clientWidth !== plot.width) {
        plot.setSize({ width: room.clientWidth, height: HEIGHT });
      }
    }).observe(room);
    document.addEventListener("themechange", () => plot.redraw(false));
    return plot;
  }

  function start(figure) {
    const data = JSON.parse(document.getElementById(`${figure.id}-data`).textContent);
    const last = data.times.length - 1;
    if (last < 1) return; // one point has no scale of time
    const items = [...figure.querySelectorAll(".legend li")];
    const time = made("p", { className: "time" });
    const spoken = made("p", { className: "visually-hidden" }, { role: "status" });
    const room = made("div", { className: "live", tabIndex: 0 }, { role: "group", "aria-label": data.label });

    function tell(index) {
      const at = index ?? last;
      time.textContent = `${moment(data.times[at])} UTC`;
      items.forEach((item, line) => {
        item.querySelector(".value").textContent = number(data.lines[line].values[at]);
      });
    }

    figure.querySelector(".still").before(room);
    figure.querySelector(".legend").before(time, spoken);
    figure.classList.add("is-live");
    const plot = drawn(room, data, tell);
    items.forEach((item, line) => item.prepend(hider(item, data.lines[line].name, plot, line + 1)));
    room.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      const at = Math.max(0, Math.min(last, (plot.cursor.idx ?? last + 1) + move));
      plot.setCursor({ left: plot.valToPos(data.times[at], "x"), top: 0 });
      const shown = items.filter((_, line) => plot.series[line + 1].show);
      const words = shown.map((item) => item.textContent.trim().replace(/\s+/g, " "));
      spoken.textContent = `${time.textContent}: ${words.join(", ")}`;
    });
    tell();
  }

  /* The sample of a line becomes the button that hides the line. */
  function hider(item, name, plot, line) {
    const attributes = { "aria-pressed": "true", "aria-label": `Show ${name}` };
    const button = made("button", { type: "button", className: "sample" }, attributes);
    button.append(item.querySelector("svg"));
    button.addEventListener("click", () => {
      const show = !plot.series[line].show;
      button.setAttribute("aria-pressed", String(show));
      plot.setSeries(line, { show });
    });
    return button;
  }

  document.querySelectorAll("figure.plot").forEach(start);
})();
