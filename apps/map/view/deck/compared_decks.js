// A frame with maps whose cameras are held together; the frame has its own deck.gl, apart from the framework's.
const frames = new Map();

// The page's typeface is loaded by rules of its own, which a frame does not share.
function fonts() {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      const base = sheet.href ?? window.location.href;
      const faces = [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
      return faces.map((rule) => rule.cssText.replace(/url\("?([^")]+)"?\)/g, (_, url) => `url("${new URL(url, base)}")`));
    } catch {
      return []; // a sheet from elsewhere tells no rules
    }
  });
  return rules.join("\n");
}

export default function decks({ key, data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cet-decks");
  let kept = frames.get(key);
  if (!kept || !kept.frame.isConnected || !root.contains(kept.frame)) {
    const frame = document.createElement("iframe");
    frame.src = data.address;
    frame.title = data.told;
    frame.className = "cet-frame";
    root.replaceChildren(frame);
    kept = { frame, ready: false };
    frames.set(key, kept);
    const mine = kept;
    window.addEventListener("message", function hear(event) {
      if (!mine.frame.isConnected) return window.removeEventListener("message", hear);
      if (event.origin !== window.location.origin || event.source !== mine.frame.contentWindow) return;
      if (event.data?.cet === "ready") {
        mine.ready = true;
        const style = mine.frame.contentDocument.createElement("style");
        style.textContent = fonts();
        mine.frame.contentDocument.head.appendChild(style);
        mine.send();
      }
    });
  }
  kept.frame.title = data.told;
  kept.send = () =>
    kept.frame.contentWindow?.postMessage({ cet: "draw", pictures: data.pictures }, window.location.origin);
  if (kept.ready) kept.send();
}
