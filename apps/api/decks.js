// One or more maps whose cameras are held together. The page around it says what to draw with
// postMessage({ cet: "draw", pictures: [{ name, json, tooltip }] }) and hears { cet: "ready" } and { cet: "camera" }.
const maps = [];
let camera = null;
let told = 0;
let moved = false; // by a person: until then the camera follows the size of the maps

function hold(viewState) {
  const { longitude, latitude, zoom, pitch, bearing, minZoom, maxZoom, maxPitch } = viewState;
  camera = { longitude, latitude, zoom, pitch, bearing, minZoom, maxZoom, maxPitch };
  for (const map of maps) map.deck.setProps({ viewState: { ...camera } });
  clearTimeout(told);
  told = setTimeout(() => window.parent.postMessage({ cet: "camera", camera }, window.location.origin), 400);
}

function build(picture, holder) {
  const box = holder.appendChild(document.createElement("div"));
  box.className = "map";
  const name = box.appendChild(document.createElement("div"));
  name.className = "name";
  const container = box.appendChild(document.createElement("div"));
  container.className = "deck";
  const json = JSON.parse(picture.json);
  const deck = createDeck({ container, jsonInput: json, tooltip: picture.tooltip });
  const map = { box, name, deck, json: "" };
  deck.setProps({
    onViewStateChange: ({ viewState, interactionState }) => {
      moved ||= Object.values(interactionState ?? {}).some(Boolean);
      hold(viewState);
    },
    // A map that is drawn while the tab is hidden has no size yet.
    onResize: () => camera && deck.setProps({ viewState: { ...camera } }),
  });
  return map;
}

function draw(pictures) {
  const holder = document.getElementById("maps");
  const asked = JSON.parse(pictures[0].json).initialViewState;
  if (maps.length !== pictures.length) {
    for (const map of maps.splice(0)) {
      map.deck.finalize();
      map.box.remove();
    }
    for (const picture of pictures) maps.push(build(picture, holder));
  }
  pictures.forEach((picture, place) => {
    const map = maps[place];
    map.name.textContent = picture.name;
    map.name.style.display = picture.name ? "" : "none";
    if (map.json === picture.json) return;
    map.json = picture.json;
    const { initialViewState, ...rest } = JSON.parse(picture.json);
    updateDeck(rest, map.deck);
  });
  hold(moved ? camera : asked);
}

// The picture of what is seen: the maps side by side on one canvas.
window.cetCapture = () => {
  const shots = maps.map(({ deck, box }) => {
    deck.redraw("picture");
    return [box.querySelector("canvas"), box.getBoundingClientRect()];
  });
  const whole = document.createElement("canvas");
  const scale = window.devicePixelRatio || 1;
  whole.width = window.innerWidth * scale;
  whole.height = window.innerHeight * scale;
  const ink = whole.getContext("2d");
  for (const [canvas, at] of shots) ink.drawImage(canvas, at.x * scale, at.y * scale, at.width * scale, at.height * scale);
  return whole;
};
window.cetCamera = () => camera;

window.addEventListener("message", (event) => {
  if (event.origin === window.location.origin && event.data?.cet === "draw") draw(event.data.pictures);
});
window.parent.postMessage({ cet: "ready" }, window.location.origin);
