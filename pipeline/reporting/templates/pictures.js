// Pictures: every figure can be saved as SVG, or as PNG at 300 dots an inch. What stands in it is drawn anew: surfaces, words, drawings.
const saveAs = (name, blob) => {
  const anchor = make("a", { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
};
const pictures = (() => {
  const SCALE = 300 / 96, MARGIN = 12, MOST = 12000;
  const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor"];
  const seen = (colour) => colour && colour !== "transparent" && !/, 0\)$/.test(colour);
  const surface = (box, colour, at) => drawn("rect", { x: box.left - at.x, y: box.top - at.y, width: box.width, height: box.height, fill: colour });
  // The lines of a text as they are broken on the screen: what it says and its first box.
  const linesOf = (node, vertical) => {
    const found = [], range = document.createRange(), level = vertical ? "left" : "top";
    const put = (start, end, join) => {
      range.setStart(node, start); range.setEnd(node, end);
      const boxes = range.getClientRects(), text = node.data.slice(start, end);
      // A word that is broken is put letter by letter.
      if (boxes.length > 1 && text.length > 1) [...text].reduce((at, letter, n) => { put(at, at + letter.length, n ? "" : join); return at + letter.length; }, start);
      if (boxes.length !== 1 || !boxes[0].width) return;
      const last = found[found.length - 1], box = boxes[0];
      if (last && Math.abs(last.box[level] - box[level]) < 2) last.text += join + text;
      else found.push({ text, box });
      if (vertical) found[found.length - 1].low = Math.max(found[found.length - 1].low || 0, box.bottom);
    };
    for (const word of node.data.matchAll(/\S+/g)) put(word.index, word.index + word[0].length, " ");
    return found;
  };
  const wordsOf = (node, at) => {
    const look = getComputedStyle(node.parentElement), size = parseFloat(look.fontSize), vertical = look.writingMode.startsWith("vertical");
    return linesOf(node, vertical).map(({ text, box, low }) => {
      const x = (vertical ? box.right - 0.3 * size : box.left) - at.x, y = (vertical ? low : box.top + box.height / 2 + 0.35 * size) - at.y;
      return drawn("text", { x, y, fill: look.color, "font-size": size, "font-weight": look.fontWeight, "font-style": look.fontStyle, "font-family": "sans-serif", ...(vertical ? { transform: `rotate(-90 ${x} ${y})` } : {}) }, text);
    });
  };
  const drawingOf = (svg, at) => {
    const box = svg.getBoundingClientRect(), copy = svg.cloneNode(true), from = [...svg.querySelectorAll("*")];
    [...copy.querySelectorAll("*")].forEach((part, n) => {
      const look = getComputedStyle(from[n]);
      LOOK.forEach((name) => part.setAttribute(name, look.getPropertyValue(name)));
      part.removeAttribute("class");
    });
    copy.removeAttribute("class");
    return set(copy, { x: box.left - at.x, y: box.top - at.y, width: box.width, height: box.height, "font-family": "sans-serif" });
  };
  const imageOf = (canvas, at) => {
    const box = canvas.getBoundingClientRect();
    return drawn("image", { href: canvas.toDataURL("image/png"), x: box.left - at.x, y: box.top - at.y, width: box.width, height: box.height });
  };
  const partsOf = (element, at) => {
    if (element.matches(".sr, .tools, .save") || !element.getClientRects().length) return [];
    if (element.tagName === "svg") return [drawingOf(element, at)];
    if (element.tagName === "CANVAS") return [imageOf(element, at)];
    const colour = getComputedStyle(element).backgroundColor;
    const own = seen(colour) ? [surface(element.getBoundingClientRect(), colour, at)] : [];
    return [...own, ...[...element.childNodes].flatMap((child) => (child.nodeType === 3 ? wordsOf(child, at) : child.nodeType === 1 ? partsOf(child, at) : []))];
  };
  const draw = (figure) => {
    const region = figure.closest(".scroll"), before = region ? [region.scrollLeft, region.scrollTop] : null;
    if (region) region.scrollTo(0, 0);
    const box = figure.getBoundingClientRect(), at = { x: box.left - MARGIN, y: box.top - MARGIN };
    const width = Math.ceil(box.width + 2 * MARGIN), height = Math.ceil(box.height + 2 * MARGIN);
    const picture = drawn("svg", { xmlns: "http:/" + "/www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
      drawn("title", {}, figure.dataset.figure), drawn("rect", { width, height, fill: getComputedStyle(document.body).backgroundColor }), partsOf(figure, at));
    if (region) region.scrollTo(...before);
    return { text: new XMLSerializer().serializeToString(picture), width, height };
  };
  const fileName = (figure, kind) => `${data.study}-${fold(figure.dataset.figure).replace(/[^\p{L}\p{N}]+/gu, "-")}.${kind}`;
  const saveSvg = (figure) => saveAs(fileName(figure, "svg"), new Blob([draw(figure).text], { type: "image/svg+xml" }));
  const savePng = (figure) => {
    const { text, width, height } = draw(figure), scale = Math.min(SCALE, MOST / Math.max(width, height)), image = new Image();
    image.onload = () => {
      const canvas = set(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => saveAs(fileName(figure, "png"), blob), "image/png");
    };
    image.onerror = () => say("This figure is too large for a PNG. Save it as SVG.");
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };
  const offered = new WeakSet();
  // Puts the two buttons after each figure of a view that has none yet.
  const offer = (view) => view.querySelectorAll("[data-figure]").forEach((figure) => {
    if (offered.has(figure)) return;
    offered.add(figure);
    const kinds = [["SVG", saveSvg], ["PNG", savePng]].map(([kind, save]) => button(kind, () => save(figure), { class: "plain", "aria-label": `Save as ${kind}: ${figure.dataset.figure}` }));
    (figure.closest(".scroll") || figure).after(make("p", { class: "save tools" }, "Save ", kinds[0], " ", kinds[1]));
  });
  return { offer };
})();
