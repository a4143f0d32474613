// What every view uses: the page's data, elements made from text alone, and the address (#view/item?filters).
const data = JSON.parse(document.getElementById("data").textContent);
const { documents, cases, attributes, themes, codes, coders, human, turns, segments, valences, framework, matrix } = data;
const [TURN, START, END, PROMPT, THEME, CODES, CASE, USED, VALENCE, SCORES, PEOPLE, STRENGTH, MARKS] = Array.from({ length: 13 }, (_, n) => n);
const [DOCUMENT, SPEAKER, PART, FROM, TO, TIME] = [0, 1, 2, 3, 4, 5];
const REJECTED = -2, PEOPLE_DIFFER = 1, HAS_VECTOR = 2, PIPELINE_DIFFERS = 4, ASKED_FOR = 8, ASKED_TOLD = 16;

const by = (id) => document.getElementById(id);
// An element with its attributes and children; texts become text, never markup.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
};
const set = (element, attributes) => {
  Object.entries(attributes).forEach(([name, value]) => {
    if (name === "on") Object.entries(value).forEach(([event, act]) => element.addEventListener(event, act));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  });
  return element;
};
const drawn = (tag, attributes = {}, ...children) => {
  const element = set(document.createElementNS("http:/" + "/www.w3.org/2000/svg", tag), attributes);
  element.append(...children.flat());
  return element;
};
const own = (text) => make("bdi", {}, String(text));
const button = (text, act, attributes = {}) => make("button", { type: "button", on: { click: act }, ...attributes }, text);
const NUMBERS = new Intl.NumberFormat("en");
const number = (n) => NUMBERS.format(n);
const count = (n, noun, many) => `${n ? number(n) : "no"} ${n === 1 ? noun : many || noun + "s"}`;
const listed = (items, last = "and") => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items[items.length - 1]}`);
const percent = (share) => (share > 0 && share < 0.01 ? "under 1%" : share >= 0.995 && share < 1 ? "over 99%" : `${Math.round(100 * share)}%`);
const upper = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const separated = (parts) => parts.filter(Boolean).flatMap((part, n) => (n ? [" · ", own(part)] : [own(part)]));
const tally = (values) => values.reduce((found, value) => found.set(value, (found.get(value) || 0) + 1), new Map());
// Search makes no difference between accents, capitals and kinds of apostrophe.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[\u2018\u2019]/g, "'").toLowerCase();

// The first of some names, and how many more there are, whose names stand in a title.
const few = (names, most) => [...names.slice(0, most).map((name) => own(name)), ...(names.length > most ? [make("span", { class: "soft", title: names.slice(most).join(", ") }, `${number(names.length - most)} more`)] : [])];
// A region that scrolls sideways by itself, reachable from the keyboard.
const scrolling = (label, child) => make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": label }, child);
const folded = (summary, ...children) => make("details", {}, make("summary", {}, summary), ...children);

const documentOf = (segment) => turns[segment[TURN]][DOCUMENT];
const cut = (place, start, end) => documents[place].text.slice(start, end);
const textOf = (segment) => cut(documentOf(segment), segment[START], segment[END]);
const themeAt = new Map(themes.map((theme, n) => [theme.id, n]));
const used = segments.flatMap((segment, n) => (segment[USED] ? [n] : []));
const membersOf = themes.map(() => []);
segments.forEach((segment, n) => { if (segment[THEME] >= 0) membersOf[segment[THEME]].push(n); });
const withCode = codes.map(() => []);
segments.forEach((segment, n) => segment[CODES].forEach((code) => withCode[code].push(n)));

// The address: a view, an item of it (a theme's id), and filters. Everything shown can be reached by an address.
const VIEWS = ["overview", "themes", "framework", "quotes", "quality"];
const views = {};
const viewAt = (view) => by(`view-${view}`);
const parse = (hash) => {
  const [path, query] = hash.replace(/^#/, "").split("?");
  const [view, item] = path.split("/");
  const filters = Object.fromEntries(new URLSearchParams(query || ""));
  if (/^T\d+$/.test(view)) return { view: "themes", item: view.slice(1), filters };
  if (by(`part-${view}`)) return { view: "quality", item: "", filters: { part: view } };
  return { view: VIEWS.includes(view) ? view : "overview", item: decodeURIComponent(item || ""), filters };
};
const address = (view, item = "", filters = {}) => {
  const kept = Object.entries(filters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(kept).toString();
  return `#${view}${item === "" ? "" : `/${encodeURIComponent(item)}`}${query ? `?${query}` : ""}`;
};
let here = parse(location.hash);
const go = (to) => { location.hash = to; };
// Change filters of the open view: a step that "back" undoes, or (while typing) none.
const change = (filters, { step = true } = {}) => {
  const to = address(here.view, here.item, { ...here.filters, ...filters });
  if (step) location.hash = to;
  else location.replace(to);
};
const link = (to, attributes, ...children) => make("a", { href: to, ...attributes }, ...children);

const show = (moved = false) => {
  const before = here, focused = document.activeElement?.dataset?.key;
  here = parse(location.hash);
  const printing = document.documentElement.classList.contains("print-all-views");
  VIEWS.forEach((view) => { viewAt(view).hidden = !printing && view !== here.view; });
  document.querySelectorAll("nav[aria-label=Views] a").forEach((one) => {
    const current = one.getAttribute("href") === `#${here.view}`;
    if (current) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  });
  document.title = `${data.study}: ${upper(here.view)}`;
  views[here.view](here, before);
  pictures.offer(viewAt(here.view));
  if (here.view === "quality") relabel(viewAt("quality"));
  if (moved && (before.view !== here.view || before.item !== here.item)) {
    scrollTo(0, 0);
    const heading = viewAt(here.view).querySelector("[data-heading]") || by(`${here.view}-h`);
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  } else if (focused && document.activeElement === document.body) {
    document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
};
const say = (text) => {
  by("said").textContent = text;
  clearTimeout(say.waiting);
  say.waiting = setTimeout(() => { by("said").textContent = ""; }, 4000);
};
