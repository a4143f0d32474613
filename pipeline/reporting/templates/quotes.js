// Quotes: search, filters with counts, two groups side by side, and the map.
const NONE = "-1";
const themeNow = () => themes.map((theme) => themeAt.get(endOf(theme.id)));
const themeOf = (n) => { const split = splitNow().of.get(n); return split !== undefined ? null : segments[n][THEME] >= 0 ? themes[themeAt.get(endOf(themes[segments[n][THEME]].id))] : null; };
// Whether a passage was asked for: its question has a word of its theme, or its theme answers that question.
const promptedBy = (segment) => (segment[PROMPT] < 0 ? "none" : segment[MARKS] & ASKED_TOLD ? (segment[MARKS] & ASKED_FOR ? "asked" : "open") : "untold");
// Questions of the guide, however they were worded; where none is known, the questions as they were asked.
const FOLLOW_UP = "another question";
const questions = (() => {
  if (data.guide.questions.length) {
    const guide = new Map(data.guide.asked), names = [...data.guide.questions, FOLLOW_UP];
    return { names, of: segments.map((segment) => (segment[PROMPT] < 0 ? -1 : guide.get(segment[PROMPT]) ?? names.length - 1)) };
  }
  const placeOf = new Map(), names = [], of = segments.map((segment) => {
    if (segment[PROMPT] < 0) return -1;
    const turn = turns[segment[PROMPT]], text = cut(turn[DOCUMENT], turn[FROM], turn[TO]).trim(), key = fold(text);
    if (!placeOf.has(key)) { placeOf.set(key, names.length); names.push(text); }
    return placeOf.get(key);
  });
  return { names, of };
})();
const sourceTypes = [...new Set(documents.map((one) => one.source))].sort();
const codedBy = (segment) => (segment[PEOPLE].length ? (segment[CODES].length ? "both" : "people") : segment[CODES].length ? "pipeline" : "nobody");
// Each filter: name in the address, title, values with their words, and the values of a passage.
const facetsNow = () => {
  const now = themeNow(), parts = splitNow();
  const numbered = (names) => names.map((name, n) => [String(n), name]);
  const themeValue = (s, n) => (parts.of.has(n) ? `split${parts.of.get(n)}` : s[THEME] >= 0 ? now[s[THEME]] : s[THEME]);
  const list = [
    ["theme", "Theme", [...themes.map((theme, n) => [String(n), labelOf(theme.id)]).filter(([n]) => now[n] === Number(n)), ...parts.labels.map((label, k) => [`split${k}`, label]), [NONE, "in no theme"], [String(REJECTED), "in a rejected theme"]], (s, n) => [themeValue(s, n)]],
    ["coded", "Coded by", [["nobody", "neither people nor the pipeline"], ["pipeline", "the pipeline alone"], ["people", "people alone"], ["both", "people and the pipeline"]], (s) => [codedBy(s)]],
    ...attributes.map((attribute, n) => [`a${n}`, upper(attribute.name), [...numbered(attribute.values), [NONE, "not given"]], (s) => (s[CASE] >= 0 ? [attribute.of[s[CASE]]] : [])]),
    ["code", "Candidate code", [...numbered(codes), [NONE, "no candidate code"]], (s) => (s[CODES].length ? s[CODES] : [NONE])],
    ["human", "People’s code", [...numbered(human), [NONE, "no code by people"]], (s) => (s[PEOPLE].length ? [...new Set(s[PEOPLE].map((one) => one % human.length))] : [NONE])],
    ["valence", "Facilitator or barrier", numbered(valences), (s) => [s[VALENCE]]],
    ["dispute", "Coded differently", [["people", "by two people"], ["pipeline", "by a person and the pipeline"]], (s) => [s[MARKS] & PEOPLE_DIFFER ? "people" : "", s[MARKS] & PIPELINE_DIFFERS ? "pipeline" : ""]],
    ["prompted", "Prompted", [["asked", "a question asked for it"], ["open", "no question named it"], ["none", "no question before it"], ["untold", "cannot be told"]], (s) => [promptedBy(s)]],
    ["case", "Person", numbered(cases.map((one) => one.name)), (s) => [s[CASE]]],
    ["kind", "Type of source", sourceTypes.map((kind) => [kind, kind]), (s) => [documents[documentOf(s)].source]],
    ["source", "Source", numbered(documents.map((one) => one.name)), (s) => [documentOf(s)]],
    ["question", "Question", numbered(questions.names), (s, n) => [questions.of[n]]],
  ];
  if (!coders.length && !codes.length) list.splice(1, 1);
  // A passage's values are kept as numbers: the places of its values in the filter's list.
  return list.map(([name, title, values, of]) => {
    const place = new Map(values.map(([value], k) => [value, k]));
    const rows = segments.map((segment, n) => of(segment, n).map((value) => place.get(String(value))).filter((k) => k !== undefined));
    return { name, title, values, place, rows };
  });
};
// They change only with the decisions made on the page.
const facetsHeld = { of: null, facets: null };
const facetsFor = () => {
  if (facetsHeld.of !== held()) Object.assign(facetsHeld, { of: held(), facets: facetsNow() });
  return facetsHeld.facets;
};
// One pass: passages that pass every filter, and for each value of a filter how many pass all the others.
const filtered = (facets, filters, among) => {
  const hits = [], counts = facets.map((facet) => new Int32Array(facet.values.length));
  const active = facets.flatMap((facet, k) => ((filters[facet.name] ?? "") === "" ? [] : [[k, facet.rows, facet.place.get(filters[facet.name])]]));
  for (const n of among) {
    let failed = -1, fails = 0;
    for (const [k, rows, value] of active) if (!rows[n].includes(value)) { failed = k; fails += 1; if (fails > 1) break; }
    if (fails > 1) continue;
    if (!fails) hits.push(n);
    for (let k = fails ? failed : 0, last = fails ? failed : facets.length - 1; k <= last; k += 1) for (const value of facets[k].rows[n]) counts[k][value] += 1;
  }
  return { hits, counts };
};
// Values of a filter that are listed at first, and how many more each "more" lists.
const FIRST_LISTED = 8, MORE_LISTED = 200;
const listedOf = new Map();
const facetList = (facet, counts, filters) => {
  const current = filters[facet.name] ?? "", chosen = facet.place.get(current);
  if (facet.values.length < 2 && !current) return null;
  const there = facet.values.map((_, k) => k).filter((k) => counts[k] || k === chosen);
  if (!there.length) return null;
  const ordered = there.length > FIRST_LISTED ? there.sort((a, b) => counts[b] - counts[a] || a - b) : there;
  const most = Math.max(listedOf.get(facet.name) || FIRST_LISTED, ordered.indexOf(chosen) + 1);
  // Two more take no more room than the words that there are two more.
  const shown = ordered.length <= most + 2 ? ordered : ordered.slice(0, most), rest = ordered.length - shown.length, empty = facet.values.filter(([value], k) => Number(value) !== -1 && Number(value) !== REJECTED && !there.includes(k)).length;
  const item = (k) => {
    const value = facet.values[k][0];
    return make("li", {}, button("", () => change({ [facet.name]: k === chosen ? "" : value, near: "" }), { class: "facet", "aria-pressed": String(k === chosen), "data-facet": facet.name, "data-value": value, "data-key": `${facet.name}-${value}` }));
  };
  const list = make("ul", { "aria-label": facet.title }, shown.map(item));
  list.querySelectorAll("button").forEach((one, k) => one.append(make("span", { class: "label" }, own(facet.values[shown[k]][1])), " ", make("span", { class: "soft" }, number(counts[shown[k]]))));
  const relist = (size) => () => { listedOf.set(facet.name, size); show(); };
  const more = rest ? button(`${number(rest)} more`, relist(most + MORE_LISTED), { class: "plain", "aria-label": `${facet.title}: list ${number(rest)} more`, "data-more": facet.name, "data-key": `more-${facet.name}` }) : null;
  const fewer = shown.length > FIRST_LISTED + 2 && listedOf.get(facet.name) ? button("Fewer", relist(0), { class: "plain", "aria-label": `${facet.title}: list fewer`, "data-key": `fewer-${facet.name}` }) : null;
  const none = empty ? make("span", { class: "soft" }, `${number(empty)} without a passage${Object.keys(filters).length ? " here" : ""}`) : null;
  const place = /^a(\d+)$/.exec(facet.name);
  const compare = place && facet.values.filter(([value], k) => value !== NONE && counts[k]).length > 1
    ? button(String(filters.compare ?? "") === place[1] ? "Stop comparing" : "Compare two", () => change(String(filters.compare ?? "") === place[1] ? { compare: "", left: "", right: "" } : { compare: place[1], [facet.name]: "" }), { class: "plain", "data-key": `compare-${place[1]}`, "data-compare": place[1] }) : null;
  return make("div", { class: "facet-group" }, make("h2", {}, own(facet.title), " ", compare), list, more || fewer || none ? make("p", { class: "rest" }, more, fewer, none) : null);
};
// The passages of a view of Quotes, with a value to rank them by.
const clear = (n) => { const letters = segments[n][END] - segments[n][START]; return letters >= 70 && letters <= 480 ? 1 : letters < 40 ? 0.5 : 0.8; };
const rankOf = (filters, scores) => {
  if (scores) return (n) => scores.get(n);
  if (filters.code !== undefined && Number(filters.code) >= 0) return (n) => segments[n][SCORES][segments[n][CODES].indexOf(Number(filters.code))] * clear(n);
  if (filters.theme !== undefined && Number(filters.theme) >= 0) return (n) => segments[n][STRENGTH] * clear(n);
  return null;
};
const nearTo = (near) => {
  const [kind, id] = [near.slice(0, 1), Number(near.slice(1))];
  if (kind === "p" && segments[id]) return { scores: nearest([id]), words: ["Nearest in meaning to “", own(firstWords(id, 10)), "”"] };
  if (kind === "t" && themes[id]) return { scores: nearest(membersNow(themes[id].id)), words: ["Nearest in meaning to the theme “", own(labelOf(themes[id].id)), "”"] };
  if (kind === "c" && framework[id]) {
    const rows = [...withCode[id].map((n) => [n, 2 + segments[n][SCORES][segments[n][CODES].indexOf(id)] / 100]), ...framework[id].near.map((n, k) => [n, 1 - k / 100])];
    return { scores: new Map(rows), words: ["Nearest to the definition of “", own(codes[id]), "”: first those given the code, then those that come near it"] };
  }
  return null;
};
const searchWords = (found, phrase, all) => {
  if (!found.known.length) return [`No passage has ${found.asked.length > 1 ? "any of these words" : "this word"}. The search knows the study’s own words, not what a phrase means: try a word that people here would use, or choose a theme or code.`];
  const { literal, withWords, near } = found.among(all);
  const has = (n) => (n === 1 ? "has" : "have"), one = found.asked.length === 1;
  const parts = [literal ? `${count(literal, "passage says", "passages say")} “${phrase.trim()}”` : "",
    withWords ? `${literal ? `${number(withWords)} more` : count(withWords, "passage")} ${has(withWords)} ${one ? "a form of it" : "some of its words"}` : "",
    near ? `${literal || withWords ? `${number(near)} more` : count(near, "passage")} ${has(near)} near words or ${near === 1 ? "is" : "are"} near in meaning` : ""];
  const said = [`${literal ? "" : "Nobody says it in these words; "}${listed(parts.filter(Boolean))}.`];
  const missing = found.asked.filter((word) => !found.known.includes(word));
  if (missing.length) said.push(` Not said here: ${missing.join(", ")}.`);
  if (found.also.length) said.push(" Near words here: ", ...found.also.flatMap((word, n) => [n ? ", " : "", button(word, () => change({ words: word, near: "" }), { class: "plain" })]), ".");
  return said;
};
const hit = (filters, patterns) => (n) => {
  const element = quote(n, { patterns, short: 700 });
  const segment = segments[n];
  const labels = [themeOf(n)].filter(Boolean).map((theme) => link(address("themes", theme.id), {}, own(labelOf(theme.id))));
  const given = few(segment[CODES].map((code) => codes[code]), 3);
  const byPeople = few([...new Set(segment[PEOPLE].map((one) => `${human[one % human.length]} (${coders[Math.floor(one / human.length)]})`))], 4);
  const line = make("p", { class: "labels" }, ...[["Theme: ", labels], ["Candidate codes: ", given], ["People: ", byPeople]].filter(([, items]) => items.length)
    .flatMap(([name, items], k) => [k ? " · " : "", make("span", { class: "soft" }, name), ...items.flatMap((item, m) => [m ? ", " : "", item])]));
  if (vectors.there && (segment[MARKS] & HAS_VECTOR)) element.querySelector(".tools").append(link(address("quotes", "", { near: `p${n}` }), {}, "More like this"));
  element.append(line);
  return element;
};
const groupColumn = (attribute, side, filters, hits, patterns) => {
  const options = attribute.values.map((name, value) => [String(value), name]);
  const fallback = options[side === "left" ? 0 : Math.min(1, options.length - 1)][0];
  const current = filters[side] ?? fallback;
  const mine = hits.filter((n) => segments[n][CASE] >= 0 && attribute.of[segments[n][CASE]] === Number(current));
  const all = people.filter((voice) => attribute.of[voice] === Number(current));
  const select = make("select", { "aria-label": side === "left" ? "Left group" : "Right group", "data-key": `column-${side}`, on: { change: () => change({ [side]: select.value }) } }, options.map(([value, name]) => make("option", { value, selected: value === current }, name)));
  return make("div", { class: "column" }, make("h2", {}, select), make("p", {}, `${count(mine.length, "passage")} by ${spoken(mine).size} of ${count(all.length, "person", "people")}`), ...paged(mine, hit(filters, patterns), { size: 10 }));
};
views.quotes = ({ filters }) => {
  if (document.activeElement !== by("words")) by("words").value = filters.words || "";
  const facets = facetsFor();
  const all = filters.aside ? segments.map((_, n) => n) : used;
  let scores = null, patterns = [], note = [];
  if (filters.near) {
    const near = nearTo(filters.near);
    if (near) { scores = near.scores; note = [...near.words, ". ", button("Clear", () => change({ near: "" }), { class: "plain" })]; }
  } else if ((filters.words || "").trim()) {
    const found = searchFor(filters.words);
    scores = found.total;
    patterns = found.literal ? [fold(filters.words.trim()), ...found.known] : found.known;
    note = searchWords(found, filters.words, all);
  }
  by("near-words").replaceChildren(...note);
  const { hits, counts } = filtered(facets, filters, scores ? all.filter((n) => scores.has(n)) : all);
  const rank = rankOf(filters, scores);
  if (rank) hits.sort((a, b) => rank(b) - rank(a) || a - b);
  const active = facets.filter((facet) => (filters[facet.name] ?? "") !== "");
  const chips = active.map((facet) => button("", () => change({ [facet.name]: "" }), { class: "chip", "aria-label": `Remove filter: ${facet.title}` }));
  chips.forEach((chip, n) => chip.append(own(`${active[n].title}: ${(active[n].values.find(([value]) => value === filters[active[n].name]) || ["", filters[active[n].name]])[1]}`), " ×"));
  const compare = attributes[Number(filters.compare)] && filters.compare !== undefined ? attributes[Number(filters.compare)] : null;
  const nearLinks = vectors.there ? [filters.theme >= 0 && !filters.near ? link(address("quotes", "", { near: `t${filters.theme}` }), {}, "Passages near this theme") : null, filters.code >= 0 && !filters.near ? link(address("quotes", "", { near: `c${filters.code}` }), {}, "Passages near this code’s definition") : null].filter(Boolean) : [];
  const found = make("p", { id: "found", role: "status", "aria-live": "polite" }, hits.length ? `${count(hits.length, "passage")} by ${whoseWords(hits)}` : used.length ? `No passages match.${active.length ? " Clear a filter to see more." : ""}` : "There are no passages to show: no participant’s text was long enough to analyse.");
  const bar = make("div", { class: "bar" }, found, ...chips, active.length > 1 ? button("Clear all", () => go(address("quotes")), { class: "plain" }) : null, ...nearLinks,
    data.map.length ? button(filters.map ? "Hide map" : "Map", () => change({ map: filters.map ? "" : 1 }), { class: "plain", "data-key": "map", "aria-pressed": String(Boolean(filters.map)) }) : null,
    button(filters.aside ? "Without what was set aside" : "With what was set aside", () => change({ aside: filters.aside ? "" : 1 }), { class: "plain", "data-key": "aside" }));
  const body = compare ? [make("div", { class: "two" }, groupColumn(compare, "left", filters, hits, patterns), groupColumn(compare, "right", filters, hits, patterns))] : paged(hits, hit(filters, patterns));
  by("hits").replaceChildren(bar, ...(filters.map ? [mapOf(hits)] : []), ...body);
  const groups = make("details", { class: "facets" }, make("summary", {}, "Filters"), facets.map((facet, k) => facetList(facet, counts[k], filters)));
  groups.open = matchMedia("(min-width: 50rem)").matches || Boolean(by("facets").querySelector("details[open]"));
  by("facets").replaceChildren(groups);
};
by("search").addEventListener("submit", (event) => { event.preventDefault(); change({ words: by("words").value, near: "" }); });
let typing = 0;
by("words").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => change({ words: by("words").value, near: "" }, { step: false }), 180); });

// The map: passages that are alike lie near each other; names of themes stand in their middle.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#6a51a3", "#7a7a00"];
const mapOf = (hits) => {
  const size = 600, canvas = make("canvas", { width: 2 * size, height: 2 * size, role: "img", "aria-label": "Map of the passages; the list below holds the same passages as text" });
  const pen = canvas.getContext("2d"), at = (n) => [data.map[2 * n], data.map[2 * n + 1]], style = getComputedStyle(document.documentElement);
  const lit = new Set(hits), there = used.filter((n) => at(n)[0] >= 0);
  pen.scale(2, 2);
  const dot = (n, colour, radius) => { pen.fillStyle = colour; pen.beginPath(); pen.arc(10 + at(n)[0] * 0.966, 10 + at(n)[1] * 0.966, radius, 0, 7); pen.fill(); };
  there.filter((n) => !lit.has(n)).forEach((n) => dot(n, style.getPropertyValue("--line"), 2));
  there.filter((n) => lit.has(n)).forEach((n) => dot(n, segments[n][THEME] >= 0 ? COLOURS[segments[n][THEME] % 8] : "#9aa0a5", there.length > 2000 ? 2.4 : 4));
  pen.font = "600 13px system-ui, sans-serif";
  pen.textAlign = "center";
  const placed = [];
  shownThemes().forEach((theme) => {
    const own = membersNow(theme.id).filter((n) => at(n)[0] >= 0);
    if (!own.length) return;
    const middle = (k) => own.map((n) => at(n)[k]).sort((a, b) => a - b)[Math.floor(own.length / 2)];
    const label = labelOf(theme.id);
    const words = label.length > 34 ? `${label.slice(0, 32)}…` : label, half = pen.measureText(words).width / 2;
    const x = Math.min(size - half - 4, Math.max(half + 4, middle(0)));
    let y = middle(1);
    // A name that would cover another moves down.
    while (placed.some((one) => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < 15)) y += 4;
    placed.push({ x, y, half });
    pen.lineWidth = 4;
    pen.strokeStyle = style.getPropertyValue("--paper");
    pen.strokeText(words, x, y);
    pen.fillStyle = style.getPropertyValue("--ink");
    pen.fillText(words, x, y);
  });
  const hover = make("p", { class: "hover", "aria-hidden": "true" }, "Point at a dot to read it; click it to see the context.");
  const nearestDot = (event) => {
    const box = canvas.getBoundingClientRect(), x = ((event.clientX - box.left) * size) / box.width, y = ((event.clientY - box.top) * size) / box.height;
    let best = -1, least = 144;
    there.forEach((n) => { const far = (10 + at(n)[0] * 0.966 - x) ** 2 + (10 + at(n)[1] * 0.966 - y) ** 2; if (far < least) [best, least] = [n, far]; });
    return best;
  };
  canvas.addEventListener("pointermove", (event) => { const n = nearestDot(event); if (n >= 0) hover.replaceChildren(own(textOf(segments[n]).slice(0, 240)), " — ", ...separated(where(segments[n]))); });
  canvas.addEventListener("click", (event) => { const n = nearestDot(event); if (n >= 0) openTalk(n); });
  return make("div", { class: "map", "data-figure": "Map of passages" }, canvas, hover);
};
