// The basket: passages put aside to paste into a paper, copied or saved as a Word file, each with its source.
const basket = (() => {
  const held = [];
  const draw = () => {
    by("basket-open").hidden = !held.length;
    by("basket-open").textContent = `Basket (${held.length})`;
    if (!held.length) by("basket").hidden = true;
    by("basket-list").replaceChildren(...held.map((n) => make("li", {}, own(citation(n)), " ", button("Remove", () => { held.splice(held.indexOf(n), 1); draw(); }, { class: "plain", "aria-label": `Remove: ${firstWords(n, 6)}` }))));
  };
  const add = (n) => {
    if (!held.includes(n)) held.push(n);
    draw();
    say(`In the basket: ${count(held.length, "passage")}.`);
  };
  by("basket-open").addEventListener("click", () => { by("basket").hidden = !by("basket").hidden; if (!by("basket").hidden) by("basket-close").focus(); });
  by("basket-close").addEventListener("click", () => { by("basket").hidden = true; by("basket-open").focus(); });
  by("basket-empty").addEventListener("click", () => { held.length = 0; draw(); });
  by("basket-copy").addEventListener("click", async () => { await copyText(held.map((n) => citation(n)).join("\n\n")); say("Copied with their sources."); });
  by("basket-word").addEventListener("click", () => saveAs("quotes.docx", wordFile(held.map((n) => [textOf(segments[n]).trim(), sourceOf(segments[n])]))));

  // A Word file: a ZIP of three small parts, stored as they are.
  const wordFile = (passages) => {
    const safe = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
    const name = (rest) => `http:/${"/"}schemas.openxmlformats.org/${rest}`;
    const run = (text) => safe(text).split("\n").map((line) => `<w:t xml:space="preserve">${line}</w:t>`).join("<w:br/>");
    const paragraphs = passages.map(([text, source]) => `<w:p><w:r>${run(`“${text}”`)}</w:r></w:p><w:p><w:pPr><w:spacing w:after="240"/></w:pPr><w:r><w:rPr><w:i/></w:rPr>${run(source)}</w:r></w:p>`);
    const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
    return zip([
      ["[Content_Types].xml", `${xml}<Types xmlns="${name("package/2006/content-types")}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`],
      ["_rels/.rels", `${xml}<Relationships xmlns="${name("package/2006/relationships")}"><Relationship Id="r1" Type="${name("officeDocument/2006/relationships/officeDocument")}" Target="word/document.xml"/></Relationships>`],
      ["word/document.xml", `${xml}<w:document xmlns:w="${name("wordprocessingml/2006/main")}"><w:body>${paragraphs.join("")}</w:body></w:document>`],
    ]);
  };
  const check = (bytes) => {
    let sum = 0xffffffff;
    for (const byte of bytes) {
      sum ^= byte;
      for (let k = 0; k < 8; k += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
    }
    return (sum ^ 0xffffffff) >>> 0;
  };
  const zip = (files) => {
    const encoder = new TextEncoder(), parts = [], index = [];
    let at = 0;
    const numbers = (...fields) => {
      const bytes = new Uint8Array(fields.reduce((sum, [, size]) => sum + size, 0)), view = new DataView(bytes.buffer);
      let place = 0;
      fields.forEach(([value, size]) => { if (size === 2) view.setUint16(place, value, true); else view.setUint32(place, value, true); place += size; });
      return bytes;
    };
    files.forEach(([path, text]) => {
      const bytes = encoder.encode(text), title = encoder.encode(path);
      // Version, flags, method (stored), time and day (1 January 1980), checksum, sizes, length of the name.
      const common = [[20, 2], [0x800, 2], [0, 2], [0, 2], [33, 2], [check(bytes), 4], [bytes.length, 4], [bytes.length, 4], [title.length, 2], [0, 2]];
      const head = numbers([0x04034b50, 4], ...common);
      parts.push(head, title, bytes);
      index.push(numbers([0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), title);
      at += head.length + title.length + bytes.length;
    });
    const size = index.reduce((sum, part) => sum + part.length, 0);
    return new Blob([...parts, ...index, numbers([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2])], { type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" });
  };
  return { add };
})();
