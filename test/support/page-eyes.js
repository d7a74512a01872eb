// Runs inside a page before anything of ours: it watches what the page does and changes none of it. `browser.ts` asks it.
// Plain JavaScript, because a page has the DOM's types and the rest of the project has Node's.

const tones = [];
const contexts = [];
const drawn = new Set();
const rows = {};

document.addEventListener('securitypolicyviolation', (event) =>
  window.tellViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}`),
);

// Every audio context that the page opens, and every tone it hands to one.
window.AudioContext = class extends window.AudioContext {
  constructor(...options) {
    super(...options);
    contexts.push(this);
  }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  tones.push({ hertz: this.frequency.value, state: this.context.state, at: Date.now() });
  return start.apply(this, when);
};

// Texts drawn on canvases: limits of curves, names on the map.
for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
  const { fillText } = prototype;
  prototype.fillText = function (text, ...rest) {
    drawn.add(text);
    return fillText.call(this, text, ...rest);
  };
}

// When the row of an alarm came onto the page.
new MutationObserver(() => {
  for (const row of document.querySelectorAll('[data-alarm]')) rows[row.dataset.alarm] ??= Date.now();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-alarm'] });

// Our map hands itself out whenever it is idle.
const maps = new WeakMap();
document.addEventListener('mapidle', ({ target, detail }) => maps.set(target, detail), true);

const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

window.eyes = {
  rows,

  /** What was heard: tones so far, and whether the sound card's clock runs. */
  sound: () => ({ tones, contexts: contexts.map(({ state, currentTime }) => ({ state, currentTime })) }),

  canvasTexts: () => [...drawn],

  /** What stands in the picture, told by the map itself once it has everything; null while it is still loading. */
  map() {
    const map = maps.get(document.querySelector('.map-holder'));
    if (!map?.loaded()) return null;
    const layers = {};
    const symbols = {};
    const dots = new Set();
    for (const { layer, properties } of map.queryRenderedFeatures()) {
      layers[layer.id] = (layers[layer.id] ?? 0) + 1;
      if (layer.id === 'ys-devices') dots.add(properties.id);
      if (/^ys-(p1|p2|low)$/.test(layer.id)) symbols[properties.id] = properties.icon;
    }
    const { lng, lat } = map.getCenter();
    return { layers, dots: [...dots], symbols, camera: [lng, lat, map.getZoom()] };
  },

  /** How many pixels of a PNG (base64) have each colour (`#rrggbb`), each channel within `tolerance`. */
  async pixels(png, colours, tolerance) {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const counts = {};
    for (const colour of colours) {
      const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
      counts[colour] = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((channel, k) => Math.abs(data[i + k] - channel) <= tolerance)) counts[colour] += 1;
      }
    }
    return counts;
  },

  /** All that a person reads or a screen reader says; parts marked as another language are left out. */
  texts() {
    const texts = new Set();
    const foreign = (element) => element.closest('[lang]') !== document.documentElement;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement;
      if (!isSeen(element) || foreign(element)) continue;
      const said =
        node === element
          ? ['title', 'aria-label', 'placeholder', 'alt'].map((name) => element.getAttribute(name))
          : [node.textContent];
      for (const text of said) if (text?.trim()) texts.add(text.trim());
    }
    return [...texts];
  },

  /** Things a finger should hit that are smaller than `least` px either way. Links in a sentence are exempt (WCAG 2.5.8). */
  smallTargets(least) {
    const small = [];
    for (const element of document.querySelectorAll(
      'button, a[href], input, select, textarea, summary, [role=option]',
    )) {
      if (!isSeen(element) || (element.tagName === 'A' && getComputedStyle(element).display === 'inline')) continue;
      // A box to tick is hit by its label.
      const { width, height } = (
        element.type === 'checkbox' ? element.closest('label') : element
      ).getBoundingClientRect();
      if (width === 0 || height === 0 || (width > least - 0.5 && height > least - 0.5)) continue;
      const name = element.getAttribute('aria-label') || element.textContent.trim().slice(0, 30) || element.className;
      small.push(`${name}: ${Math.round(width)}×${Math.round(height)}`);
    }
    return small;
  },

  /** Width of the page beyond the screen, px: 0 when nothing scrolls sideways. */
  tooWide: () => Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
};
