// The time bar: a day's curve with the playhead on it. Drag it, use the arrow keys, or let it play.
const STEP_MS = 500; // between two steps of the play
const PATIENCE_MS = 2500; // without an answer from the server, the play goes on after this

const bars = new Map();

function el(tag, name, parent) {
  const node = document.createElement(tag);
  node.className = name;
  parent.appendChild(node);
  return node;
}

function build(parentElement) {
  const root = parentElement.querySelector(".tb");
  const play = el("button", "tb-play", root);
  play.type = "button";
  const track = el("div", "tb-track", root);
  track.tabIndex = 0;
  track.setAttribute("role", "slider");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  track.appendChild(svg);
  const head = el("div", "tb-head", track);
  el("div", "tb-dot", head);
  const flag = el("div", "tb-flag", track);
  const ticks = el("div", "tb-ticks", track);
  return { root, play, track, svg, head, flag, ticks };
}

function path(values, low, high) {
  const y = (v) => (100 - (96 * (v - low)) / (high - low || 1)).toFixed(2);
  return values.map((v, i) => `${i ? "L" : "M"}${i},${y(v)}`).join("");
}

function draw(bar) {
  const { data, ui } = bar;
  const last = data.values.length - 1;
  const low = Math.min(data.from_zero ? 0 : Infinity, ...data.values);
  const high = Math.max(...data.values);
  const line = path(data.values, low, high);
  ui.svg.setAttribute("viewBox", `0 0 ${last} 100`);
  ui.svg.innerHTML =
    `<path d="${line}L${last},100L0,100Z" fill="${data.colour}" fill-opacity=".22"/>` +
    `<path d="${line}" fill="none" stroke="${data.colour}" stroke-width="2" vector-effect="non-scaling-stroke"/>`;
  ui.ticks.replaceChildren();
  data.labels.forEach((label, i) => {
    if (i % data.every) return;
    const tick = el("span", "tb-tick", ui.ticks);
    tick.style.left = `${(100 * i) / last}%`;
    tick.textContent = label;
  });
  ui.track.setAttribute("aria-label", data.name);
  ui.track.setAttribute("aria-valuemin", "0");
  ui.track.setAttribute("aria-valuemax", String(last));
}

function point(bar) {
  const { data, ui, step } = bar;
  const last = data.values.length - 1;
  const low = Math.min(data.from_zero ? 0 : Infinity, ...data.values);
  const high = Math.max(...data.values);
  const share = step / last;
  ui.head.style.left = `${100 * share}%`;
  ui.head.style.setProperty("--dot", `${100 - (96 * (data.values[step] - low)) / (high - low || 1)}%`);
  ui.head.style.setProperty("--colour", data.colour);
  ui.flag.textContent = `${data.labels[step]}  ${data.texts[step]}${data.shown ? `  ${data.shown}` : ""}`;
  ui.flag.style.left = `${100 * share}%`;
  ui.flag.style.transform = `translateX(-${Math.round(100 * share)}%)`;
  ui.track.setAttribute("aria-valuenow", String(step));
  ui.track.setAttribute("aria-valuetext", `${data.labels[step]}, ${data.texts[step]}`);
  ui.play.textContent = bar.playing ? "❚❚" : "▶";
  ui.play.classList.toggle("tb-playing", bar.playing);
  ui.play.setAttribute("aria-label", bar.playing ? data.pause : data.play);
  ui.play.title = bar.playing ? data.pause : data.play;
}

function send(bar) {
  bar.sent = bar.step;
  bar.sentAt = performance.now();
  bar.set("step", bar.step);
}

function go(bar, step) {
  const last = bar.data.values.length - 1;
  const wanted = Math.min(last, Math.max(0, step));
  if (wanted === bar.step) return;
  bar.step = wanted;
  point(bar);
  // While dragging, the newest position is sent as soon as the one before it has been drawn.
  if (bar.sent === bar.drawn || performance.now() - bar.sentAt > PATIENCE_MS) send(bar);
  else bar.waiting = true;
}

function tick(bar) {
  clearTimeout(bar.timer);
  if (!bar.playing || !bar.ui.root.isConnected) return;
  const now = performance.now();
  const answered = bar.sent === bar.drawn || now - bar.sentAt > PATIENCE_MS;
  if (answered && now - bar.sentAt >= STEP_MS) {
    bar.step = (bar.step + 1) % bar.data.values.length;
    point(bar);
    send(bar);
  }
  bar.timer = setTimeout(() => tick(bar), 60);
}

function toggle(bar) {
  bar.playing = !bar.playing;
  point(bar);
  if (bar.playing) tick(bar);
}

function listen(bar) {
  const { track, play } = bar.ui;
  const at = (event) => {
    const box = track.getBoundingClientRect();
    return Math.round(((event.clientX - box.left) / box.width) * (bar.data.values.length - 1));
  };
  let dragging = false;
  track.addEventListener("pointerdown", (event) => {
    dragging = true;
    track.setPointerCapture(event.pointerId);
    go(bar, at(event));
  });
  track.addEventListener("pointermove", (event) => dragging && go(bar, at(event)));
  track.addEventListener("pointerup", () => (dragging = false));
  track.addEventListener("pointercancel", () => (dragging = false));
  track.addEventListener("keydown", (event) => {
    const last = bar.data.values.length - 1;
    const moves = {
      ArrowRight: bar.step + 1, ArrowUp: bar.step + 1, ArrowLeft: bar.step - 1, ArrowDown: bar.step - 1,
      PageUp: bar.step + 6, PageDown: bar.step - 6, Home: 0, End: last,
    };
    if (event.key in moves) go(bar, moves[event.key]);
    else if (event.key === " ") toggle(bar);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  play.addEventListener("click", () => toggle(bar));
}

export default function timebar({ key, data, parentElement, setStateValue }) {
  let bar = bars.get(key);
  if (!bar || !bar.ui.root.isConnected || !parentElement.contains(bar.ui.root)) {
    bar = { ui: build(parentElement), playing: false, step: data.step, drawn: data.step, sent: data.step, sentAt: 0 };
    bars.set(key, bar);
    bar.data = data;
    bar.set = setStateValue;
    listen(bar);
    setStateValue("screen", [window.innerWidth, window.innerHeight]);
  }
  const another = bar.id !== data.id;
  // A jump that came from the page and not from here; the first one to be seen is where the bar begins.
  if (bar.jump !== data.jump) {
    if (bar.jump !== undefined || data.jump) {
      bar.step = bar.sent = data.step;
      bar.waiting = false;
      setStateValue("step", data.step);
      setStateValue("jumped", data.jump);
    }
    bar.jump = data.jump;
  }
  bar.set = setStateValue;
  bar.data = data;
  bar.drawn = data.step;
  if (another) {
    bar.id = data.id;
    bar.step = Math.min(bar.step, data.values.length - 1);
    draw(bar);
  }
  if (bar.sent === data.step && bar.waiting) {
    bar.waiting = false;
    if (bar.step !== data.step) send(bar);
  } else if (bar.sent === data.step && !bar.playing) {
    bar.step = data.step;
  }
  point(bar);
  if (bar.playing) tick(bar);
}
