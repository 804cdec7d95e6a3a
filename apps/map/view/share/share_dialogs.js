// What the map knows and the server does not: where the camera stands, and the picture itself.

function mapFrame() {
  return document.querySelector("iframe.cet-frame");
}

// The framework's map is a React component; the deck.gl object hangs on one of its parents.
function mainDeck() {
  const canvas = document.querySelector(".st-key-map canvas");
  if (!canvas) return null;
  const name = Object.keys(canvas.parentElement).find((key) => key.startsWith("__reactFiber$"));
  for (let fiber = name && canvas.parentElement[name]; fiber; fiber = fiber.return) {
    for (let hook = fiber.memoizedState; hook; hook = hook.next) {
      const kept = hook.memoizedState;
      const found = kept?.deck ?? kept?.current?.deck;
      if (found?.redraw && found?.viewManager) return found;
    }
  }
  return null;
}

function camera() {
  const framed = mapFrame()?.contentWindow?.cetCamera?.();
  if (framed) return framed;
  const viewport = mainDeck()?.getViewports()[0];
  if (!viewport) return null;
  const { longitude, latitude, zoom, pitch, bearing } = viewport;
  return { longitude, latitude, zoom, pitch, bearing };
}

function capture() {
  const framed = mapFrame()?.contentWindow?.cetCapture?.();
  if (framed) return framed;
  const deck = mainDeck();
  if (!deck) return null;
  deck.redraw("picture");
  return deck.getCanvas();
}

function compose(shot, caption) {
  const picture = document.createElement("canvas");
  const scale = Math.max(1, shot.width / window.innerWidth);
  picture.width = shot.width;
  picture.height = shot.height + 74 * scale;
  const ink = picture.getContext("2d");
  ink.fillStyle = "#f5f2ed";
  ink.fillRect(0, 0, picture.width, picture.height);
  ink.drawImage(shot, 0, 0);
  ink.fillStyle = "#ffffff";
  ink.fillRect(0, shot.height, picture.width, 74 * scale);
  ink.scale(scale, scale);
  const top = shot.height / scale;
  const font = '"Source Sans Pro", "Source Sans", system-ui, sans-serif';
  ink.fillStyle = "#26231f";
  ink.font = `650 17px ${font}`;
  ink.fillText(caption.title, 16, top + 28);
  ink.fillStyle = "#6b665e";
  ink.font = `400 12.5px ${font}`;
  ink.fillText(caption.credits, 16, top + 54);
  const width = 260;
  const left = picture.width / scale - width - 16;
  caption.colours.forEach((colour, place) => {
    ink.fillStyle = colour;
    ink.fillRect(left + (width * place) / caption.colours.length, top + 18, width / caption.colours.length + 1, 12);
  });
  ink.fillStyle = "#6b665e";
  caption.marks.forEach((mark, place) => {
    ink.textAlign = ["left", "center", "right"][place];
    ink.fillText(mark, left + (width * place) / 2, top + 48);
  });
  return picture;
}

function save(picture, name) {
  picture.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
}

export default function taking({ data, parentElement }) {
  const root = parentElement.querySelector(".cet-taking");
  if (data.what === "link") {
    const now = camera();
    const places = now && [now.longitude, now.latitude, now.zoom, now.pitch, now.bearing];
    const at = now ? `&at=${places.map((number) => number.toFixed(5)).join(",")}` : "";
    root.innerHTML = "";
    const field = root.appendChild(document.createElement("input"));
    field.readOnly = true;
    field.value = `${window.location.origin}${window.location.pathname}?${data.query}${at}`;
    field.setAttribute("aria-label", data.label);
    const button = root.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = data.copy;
    button.onclick = async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy"); // without https there is no clipboard
      }
      button.textContent = data.copied;
    };
    return;
  }
  root.innerHTML = "";
  const button = root.appendChild(document.createElement("button"));
  button.type = "button";
  button.textContent = data.label;
  button.onclick = () => {
    const shot = capture();
    if (shot) save(compose(shot, data), data.file);
    else button.textContent = data.failed;
  };
}
