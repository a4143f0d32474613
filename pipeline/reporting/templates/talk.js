// Passages: as a quote with its source, in context, and copied.
const where = (segment) => {
  const turn = turns[segment[TURN]];
  const about = segment[CASE] >= 0 ? cases[segment[CASE]].about : "";
  return [turn[SPEAKER], about, documents[turn[DOCUMENT]].name, turn[TIME]];
};
const sourceOf = (segment) => where(segment).filter(Boolean).join(", ");
const citation = (n, part) => `“${(part ? cut(documentOf(segments[n]), part[0], part[1]) : textOf(segments[n])).trim()}” (${sourceOf(segments[n])})`;
const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "sr", "aria-hidden": "true" });
    area.value = text;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};
const copyQuote = async (n, part) => {
  await copyText(citation(n, part));
  say("Copied with its source.");
};
// The text of a passage with the words that were searched for marked.
const marked = (text, patterns) => {
  if (!patterns || !patterns.length) return [text];
  const plain = fold(text);
  if (plain.length !== text.length) return [text];
  const parts = [];
  let from = 0;
  for (const found of plain.matchAll(new RegExp(patterns.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g"))) {
    if (!found[0]) break;
    parts.push(text.slice(from, found.index), make("mark", {}, text.slice(found.index, found.index + found[0].length)));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
};
// A passage as people read it. part: only this piece of it (start and end in the document); note: why it is here.
const quote = (n, { part = null, note = "", patterns = [], short = false, asked = true, tools = true } = {}) => {
  const segment = segments[n];
  const text = part ? cut(documentOf(segment), part[0], part[1]) : textOf(segment);
  const question = asked && segment[PROMPT] >= 0 ? turns[segment[PROMPT]] : null;
  const shown = short && text.length > short ? `${text.slice(0, short).replace(/\s+\S*$/, "")} …` : text;
  return make("figure", { class: "quote", "data-s": n },
    note ? make("p", { class: "why" }, own(note)) : null,
    question ? make("p", { class: "asked" }, own(cut(question[DOCUMENT], question[FROM], question[TO]))) : null,
    make("blockquote", { dir: "auto" }, ...marked(shown, patterns)),
    make("figcaption", {}, ...separated(where(segment)), tools ? make("span", { class: "tools" },
      button("Copy with source", () => copyQuote(n, part), { class: "plain", "data-copy": n }),
      button("In context", () => openTalk(n), { class: "plain door", "data-door": n }),
      button("Add to basket", (event) => { basket.add(n); event.currentTarget.textContent = "In basket"; }, { class: "plain" })) : null));
};
// Passages a page at a time: the rest come when asked for.
const paged = (numbers, shape, { size = 20, tag = "div" } = {}) => {
  const list = make(tag, { class: "passages" });
  const more = button("", () => add(), { class: "more" });
  let listedSoFar = 0;
  const add = () => {
    list.append(...numbers.slice(listedSoFar, listedSoFar + size).map(shape));
    listedSoFar = Math.min(listedSoFar + size, numbers.length);
    more.hidden = listedSoFar >= numbers.length;
    more.textContent = `Show more (${number(numbers.length - listedSoFar)})`;
  };
  add();
  return [list, make("p", {}, more)];
};
// Places in the template that a passage belongs in.
const fillPlaces = (root) => root.querySelectorAll("[data-p]:empty").forEach((place) => {
  const part = place.dataset.cut ? place.dataset.cut.split(":").map(Number) : null;
  place.append(quote(Number(place.dataset.p), { part, note: place.dataset.note || "", asked: false }));
});

// "In context" opens a passage in its turn, with the question it answers and the turns before and after.
const talk = { first: 0, last: 0, shown: null };
const turnElement = (place) => {
  const turn = turns[place], { shown } = talk;
  const element = make("div", { class: turn[PART] === "i" ? "turn asks" : "turn", dir: "auto" });
  if (turn[SPEAKER] || turn[TIME]) element.append(make("span", { class: "speaker" }, ...separated([turn[SPEAKER], turn[TIME]])));
  const text = documents[turn[DOCUMENT]].text;
  if (place === shown[TURN]) {
    element.append(text.slice(turn[FROM], shown[START]), make("mark", {}, text.slice(shown[START], shown[END])), text.slice(shown[END], turn[TO]));
  } else {
    element.append(text.slice(turn[FROM], turn[TO]));
  }
  return element;
};
const sameDocument = (place) => turns[place] && turns[place][DOCUMENT] === documentOf(talk.shown);
const showTalk = () => {
  by("context-talk").replaceChildren(...Array.from({ length: talk.last - talk.first + 1 }, (_, n) => turnElement(talk.first + n)));
  by("earlier").disabled = !sameDocument(talk.first - 1);
  by("later").disabled = !sameDocument(talk.last + 1);
};
const openTalk = (n) => {
  const shown = segments[n], dialog = by("context");
  Object.assign(talk, { shown, first: shown[TURN], last: shown[TURN] });
  if (sameDocument(talk.first - 1)) talk.first -= 1;
  if (sameDocument(talk.last + 1)) talk.last += 1;
  by("context-where").replaceChildren(...separated(where(shown)));
  const asked = shown[PROMPT] >= 0 && shown[PROMPT] < talk.first;
  by("context-asked").replaceChildren(...(asked ? [make("p", { class: "speaker" }, "Question asked:"), turnElement(shown[PROMPT])] : []));
  showTalk();
  if (!dialog.open) dialog.showModal();
  document.dispatchEvent(new CustomEvent("passage", { detail: n }));
  dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
};
by("earlier").addEventListener("click", () => { talk.first -= 1; showTalk(); });
by("later").addEventListener("click", () => { talk.last += 1; showTalk(); });
by("close").addEventListener("click", () => by("context").close());
by("context").addEventListener("click", (event) => { if (event.target === by("context")) by("context").close(); });
