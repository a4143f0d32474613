// Framework: themes by parent code, facilitators and barriers, and the matrix of people by codes.
const marking = (rows) => rows.filter(([, , verdict]) => verdict === "fits" || verdict === "ambiguous");
// Whether a code and a theme belong together: one marks the other, or at least half of `n` passages are in both.
const counterpart = (rows, n) => marking(rows).length > 0 || rows.some(([, k]) => 2 * k >= n && k);
const bar = (n, most, kind = "") => {
  const picture = drawn("svg", { class: `bar-drawn ${kind}`, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, drawn("rect", { x: 0, y: 0, width: Math.max(1, (100 * n) / Math.max(1, most)), height: 8 }));
  return picture;
};
const barList = (title, rows, nothing) => {
  const most = Math.max(1, ...rows.map(([, n]) => n)), there = rows.filter(([, n]) => n).sort((a, b) => b[1] - a[1]), absent = rows.filter(([, n]) => !n);
  const line = ([name, n, to]) => make("li", {}, link(to, {}, make("span", { class: "label" }, own(name)), bar(n, most), make("span", { class: "n" }, number(n))));
  const bars = (some) => make("ul", { class: "bars" }, some.map(line));
  return make("div", {}, make("div", there.length ? { "data-figure": title } : {}, make("h2", {}, title), there.length ? bars(there.slice(0, 8)) : null, there.length > 8 ? folded(`${number(there.length - 8)} more`, bars(there.slice(8))) : null,
    absent.length ? make("p", { class: "soft" }, "In no passage: ", absent.flatMap(([name], n) => [n ? ", " : "", own(name)]), ".") : null, rows.length ? null : make("p", { class: "soft" }, nothing)));
};
// One bar a code: barriers to the left, facilitators to the right of a common middle.
const diverging = (code, counts, most) => {
  const [helps, hinders, both, neither] = counts, width = (n) => (48 * n) / Math.max(1, most);
  const picture = drawn("svg", { class: "diverging", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawn("rect", { x: 50 - width(hinders), y: 1, width: width(hinders), height: 8, class: "hinders" }), drawn("rect", { x: 50, y: 1, width: width(helps), height: 8, class: "helps" }), drawn("line", { x1: 50, x2: 50, y1: 0, y2: 10 }));
  const to = (value) => address("quotes", "", { code, valence: value });
  const n = (value, amount, name) => (amount ? link(to(value), { "aria-label": `${codes[code]}: ${count(amount, name)}` }, number(amount)) : make("span", {}, "0"));
  return make("div", { class: "leaning", title: `both ${both}, neither ${neither}` }, n(1, hinders, "barrier"), picture, n(0, helps, "facilitator"));
};
const codeRow = (entry, mostLeaning) => {
  const n = codes.indexOf(entry.name);
  const found = entry.themes.slice(0, 3), best = Math.max(1, ...entry.themes.map(([, k]) => k));
  const themeBar = ([theme, k, verdict]) => make("li", { class: verdict === "fits" || verdict === "ambiguous" ? "" : "weak" }, link(address("quotes", "", { theme, code: n }), {}, make("span", { class: "label" }, own(labelOf(themes[theme].id))), bar(k, best), make("span", { class: "n" }, number(k))));
  return make("tr", { "data-code": n }, make("th", { scope: "row" }, link(address("quotes", "", { code: n }), { title: entry.definition }, own(entry.name)), entry.definition ? make("span", { class: "size" }, own(entry.definition)) : null),
    make("td", { class: "n" }, number(withCode[n].length)),
    make("td", {}, make("ul", { class: "bars" }, found.map(themeBar)), entry.themes.length > found.length ? folded(`${number(entry.themes.length - found.length)} more`, make("ul", { class: "bars" }, entry.themes.slice(found.length).map(themeBar))) : null, found.length ? null : make("span", { class: "soft" }, "in no theme")),
    valences.length ? make("td", {}, entry.leaning.length ? diverging(n, entry.leaning, mostLeaning) : "") : null);
};
const parentTable = (entries, mostLeaning) => scrolling("Codes and themes", make("table", { class: "framework", "data-figure": "Codes and themes" }, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Code"), make("th", { scope: "col", class: "n" }, "Passages"), make("th", { scope: "col" }, "Themes it is found in"),
  valences.length ? make("th", { scope: "col" }, make("span", { class: "leaning-head" }, make("span", {}, "◂ barriers"), make("span", {}, "facilitators ▸"))) : null)),
make("tbody", {}, entries.map((entry) => codeRow(entry, mostLeaning)))));
const SPOKEN = 0, ASKED = 1, NOT_ASKED = 2, NOT_AVAILABLE = 4;
const EMPTY = { [ASKED]: ["○", "asked, silent"], [NOT_ASKED]: ["·", "not asked"], 3: ["–", "unknown whether asked"], [NOT_AVAILABLE]: ["n/a", "not available: not in English"] };
const matrixCell = (row, code, filters) => {
  const cell = matrix[row].cells[code], passages = cell[1].length;
  if (cell[0] !== SPOKEN || !passages) {
    const [mark, words] = EMPTY[cell[0]] || EMPTY[3];
    return make("td", { class: "empty", title: words }, make("span", { "aria-hidden": "true" }, mark), make("span", { class: "sr" }, words));
  }
  const current = filters.cell === `${row}-${code}`;
  return make("td", { class: `h${Math.min(5, 1 + Math.floor(Math.log2(passages)))}` }, button(String(passages), () => change({ cell: current ? "" : `${row}-${code}` }), { class: "plain", "aria-pressed": String(current), "data-key": `cell-${row}-${code}`, "aria-label": `${matrix[row].name}, ${codes[code]}: ${count(passages, "passage")} (${codedOr(cell[5], passages - cell[5])})${cell[4].length ? ", summary written" : ""}` }), cell[4].length ? make("span", { "aria-hidden": "true" }, "✎") : null);
};
// A source in which nobody is named has a row where something in it has a code; a person always has one.
const inMatrix = (row) => row.field === "case" || row.cells.some((cell) => cell[1].length);
const leftOut = () => {
  const names = matrix.filter((row) => !inMatrix(row) && used.some((n) => segments[n][CASE] < 0 && documentOf(segments[n]) === row.number)).map((row) => row.name);
  return names.length ? make("p", { class: "soft" }, "Without a row, because nobody is named in them and none of their passages has a code: ", ...few(names, 8).flatMap((name, n) => [n ? ", " : "", name]), ".") : null;
};
const matrixTable = (shown, grouping, filters) => {
  const rows = matrix.map((row, n) => ({ ...row, n })).filter(inMatrix);
  const place = attributes.findIndex((attribute) => attribute.name === grouping);
  const groupOf = (row) => (place < 0 || row.field !== "case" ? "" : attributes[place].values[attributes[place].of[row.number]] || "not given");
  const bodies = [...new Set(rows.map(groupOf))].sort().map((group) => make("tbody", {},
    place >= 0 ? make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: shown.length + 1 }, own(group || "no person named"))) : null,
    rows.filter((row) => groupOf(row) === group).map((row) => make("tr", {}, make("th", { scope: "row", title: row.field === "case" ? cases[row.number].about : "" }, own(row.name)), shown.map((code) => matrixCell(row.n, code, filters))))));
  return make("table", { class: "people-codes", "data-figure": "People by codes" }, make("caption", { class: "sr" }, "Passages of each person for each code"), make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Person"), shown.map((code) => make("th", { scope: "col", class: "narrow" }, make("span", {}, own(codes[code])))))), bodies);
};
const codedOr = (coded, candidates) => [...(coded ? [`${number(coded)} coded by people`] : []), ...(candidates ? [count(candidates, "candidate")] : [])].join(", ");
const cellPanel = (filters) => {
  const [row, code] = (filters.cell || "").split("-").map(Number);
  if (!matrix[row] || !matrix[row].cells[code]) return make("p", { class: "soft panel" }, "Choose a cell to read its summary beside its passages. ○: asked, silent. ·: not asked. –: unknown. n/a: not in English.");
  const [, passages, said, , written, coded] = matrix[row].cells[code];
  const summary = written.length ? [make("p", { class: "own", dir: "auto" }, own(written[0])), make("p", { class: "soft" }, own(`Written by ${written[1]}${written[2] ? "; the passages have changed since" : ""}`))]
    : said.length ? said.map(([n, start, end]) => make("p", {}, make("q", { dir: "auto" }, cut(documentOf(segments[n]), start, end)), " ", button("In context", () => openTalk(n), { class: "plain door", "data-door": n }))) : [make("p", { class: "soft" }, "No summary: not in English.")];
  return make("div", { class: "panel" }, make("h3", {}, own(`${matrix[row].name}: ${codes[code]}`)), make("div", { class: "columns" },
    make("div", {}, make("h4", {}, "Summary"), summary), make("div", {}, make("h4", {}, `${count(passages.length, "passage")}: ${codedOr(coded, passages.length - coded)}`), ...paged(passages, (n) => quote(n), { size: 5 }))));
};
const matrixPart = (filters, categories) => {
  if (!matrix.length) return [];
  const grouping = [...attributes.map((one) => one.name), "nobody"].includes(filters.by) ? filters.by : (attributes[0] || { name: "nobody" }).name;
  const several = codes.length > 14 && categories.length > 1;
  const category = several ? (categories.some(([name]) => name === filters.codes) || filters.codes === "all codes" ? filters.codes : categories[0][0]) : "all codes";
  const shown = category === "all codes" ? codes.map((_, n) => n) : categories.find(([name]) => name === category)[1].map((entry) => codes.indexOf(entry.name));
  const select = several ? make("label", {}, "Codes ", make("select", { "data-key": "codes", on: { change: (event) => change({ codes: event.target.value, cell: "" }) } }, ["all codes", ...categories.map(([name]) => name)].map((name) => make("option", { value: name, selected: name === category }, name)))) : null;
  return [make("h2", { id: "matrix-h" }, "People by codes"), make("div", { class: "bar" }, attributes.length ? choice("Grouped by", "by", [...attributes.map((one) => one.name), "nobody"], grouping, (option) => (option === "nobody" ? "not grouped" : option)) : null, select),
    make("p", { class: "soft" }, "A passage that a person coded stands under that person’s codes alone; where nobody coded, under the candidate codes."),
    make("div", { class: "matrix" }, make("div", {}, scrolling("People by codes", matrixTable(shown, grouping, filters))), cellPanel(filters)), leftOut(),
    make("p", { class: "soft" }, "The same matrix with every summary, to edit, is in framework_matrix.xlsx; ", make("code", {}, "counterpoint import"), " brings your summaries in.")];
};
// Parent codes with their codes; codes without a parent stand together.
const ALONE = "Codes without a parent code";
const categoriesOf = () => {
  const found = framework.reduce((all, entry) => all.set(entry.category, [...(all.get(entry.category) || []), entry]), new Map());
  const parents = [...found].filter(([, entries]) => entries.length > 1), alone = [...found.values()].filter((entries) => entries.length === 1).flat();
  return [...parents, ...(alone.length ? [[parents.length ? ALONE : "All codes", alone]] : [])];
};
views.framework = ({ filters }) => {
  const body = by("framework-body");
  if (!codes.length) {
    body.replaceChildren(make("p", {}, data.noFramework));
    return;
  }
  const categories = categoriesOf();
  const without = framework.filter((entry) => !counterpart(entry.themes, withCode[codes.indexOf(entry.name)].length)).map((entry) => [entry.name, withCode[codes.indexOf(entry.name)].length, address("quotes", "", { code: codes.indexOf(entry.name) })]);
  const uncovered = shownThemes().filter((theme) => !counterpart(theme.codes, membersNow(theme.id).length)).map((theme) => [labelOf(theme.id), membersNow(theme.id).length, address("themes", theme.id)]);
  const chosen = filters.code !== undefined ? framework[Number(filters.code)] : null;
  const current = chosen ? categories.find(([, entries]) => entries.includes(chosen))[0] : filters.parent || categories[0][0];
  const mostLeaning = Math.max(1, ...framework.flatMap((entry) => entry.leaning.slice(0, 2)));
  const accordion = categories.map(([name, entries]) => {
    const part = make("details", { class: "parent" }, make("summary", { "data-key": `parent-${name}`, on: { click: (event) => { event.preventDefault(); change({ parent: part.open ? " " : name, code: "" }); } } }, own(name), " ", make("span", { class: "soft" }, `${count(entries.length, "code")}, ${count(new Set(entries.flatMap((entry) => withCode[codes.indexOf(entry.name)])).size, "passage")}`)));
    part.open = name === current || document.documentElement.classList.contains("print-all-views");
    if (part.open) part.append(parentTable(entries, mostLeaning));
    return part;
  });
  body.replaceChildren(make("div", { class: "columns" }, barList("Codes without a theme", without, "None: every code has a theme."), barList("Themes without a code", uncovered, themes.length ? "None: every theme has a code." : "There are no candidate themes to compare with the framework.")),
    make("p", { class: "soft" }, "A code and a theme match where one is clearly more frequent within the other than elsewhere (dark bars below), or where at least half of the passages of one are also in the other. Each row has a scale of its own."), make("h2", {}, "Themes by parent code"), ...accordion, ...matrixPart(filters, categories).filter(Boolean));
  if (chosen) body.querySelector(`[data-code="${Number(filters.code)}"]`)?.scrollIntoView({ block: "center" });
};
