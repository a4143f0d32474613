// Quality: a line for each code, worst first, which opens the passages in dispute beside the code's definition.
const scale = (value) => 8 + 184 * ((Math.min(1, Math.max(-0.2, value)) + 0.2) / 1.2);
const dumbbell = (pairs) => {
  const known = pairs.filter((pair) => pair[6] !== null);
  const picture = drawn("svg", { class: "dumbbell", viewBox: "0 0 200 16", "aria-hidden": "true" }, drawn("line", { x1: scale(-0.2), x2: scale(1), y1: 8, y2: 8, class: "scale" }), drawn("line", { x1: scale(0), x2: scale(0), y1: 2, y2: 14, class: "zero" }));
  if (known.length > 1) picture.append(drawn("line", { x1: scale(Math.min(...known.map((pair) => pair[6]))), x2: scale(Math.max(...known.map((pair) => pair[6]))), y1: 8, y2: 8, class: "between" }));
  // People's mark lies on top.
  [...known].reverse().forEach((pair) => picture.append(pair[2] === "people" ? drawn("circle", { cx: scale(pair[6]), cy: 8, r: 5, class: "people" })
    : drawn("rect", { x: scale(pair[6]) - 4, y: 4, width: 8, height: 8, class: pair[2] === "zero_shot" ? "words" : "pipeline", transform: `rotate(45 ${scale(pair[6])} 8)` })));
  return picture;
};
const shortly = (name) => (name.startsWith("the pipeline") ? "pipeline" : name);
const counted = ([a, b, , nA, nB, both], named = shortly) => `${named(a)} ${number(nA)} · ${named(b)} ${number(nB)} · both ${number(both)}`;
const figure = (value) => value.toFixed(2).replace(/^-(?=0\.00$)/, "");
const kappa = (pair) => (data.reflexive ? "" : pair[6] === null ? "undefined" : figure(pair[6]));
// Lines stand in groups, each with the agreement that its lines show and are sorted by, worst first.
const GROUPS = ["Coders with each other, worst first", "A coder with the pipeline, worst first", "Used too rarely to tell", "No agreement to measure"];
const definition = (code) => {
  const entry = framework.find((one) => one.name === code);
  if (!entry || !(entry.definition || entry.include || entry.exclude)) return make("p", { class: "soft" }, entry ? "This code has no definition in the codebook: write one, with what it leaves out." : "This code is not in the codebook.");
  return make("dl", { class: "definition" }, [["Definition", entry.definition], ["Include", entry.include], ["Exclude", entry.exclude]].filter(([, text]) => text).map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, own(text)))));
};
const dispute = (one) => {
  const element = quote(one.s);
  element.append(make("dl", { class: "says" }, one.says.map(([who, what]) => make("div", {}, make("dt", {}, own(who)), make("dd", {}, own(what))))));
  return element;
};
// A large study has more passages in dispute than the page lists beside the codes.
const unlisted = () => (data.disputed > data.disputes.length ? make("p", { class: "soft" }, `Of the ${number(data.disputed)} passages coded differently, the ${number(data.disputes.length)} clearest are listed beside their codes. `, link(address("quotes"), {}, "Quotes"), " lists the others under “Coded differently”.") : null);
const openedLine = (line) => {
  // Where two people differ on the code comes before where only the pipeline does.
  const between = (one) => new Set(one.says.filter(([who]) => !who.startsWith("the pipeline")).map(([, what]) => what.split("; ").includes(line.code))).size > 1;
  const all = data.disputes.filter((one) => one.codes.includes(line.code)), ours = all.filter(between), about = [...ours, ...all.filter((one) => !between(one))];
  const title = about.length ? `${count(about.length, "passage")} to discuss${ours.length && ours.length < about.length ? `, first ${ours.length} on which people differ` : ""}` : "No passage is disputed";
  const values = make("ul", { class: "plain-list" }, line.pairs.map((pair) => make("li", {}, own(counted(pair, (name) => name)), data.reflexive ? "" : `: kappa ${kappa(pair)}${pair[7] !== null ? ` (${figure(pair[7])} to ${figure(pair[8])})` : ""}`, pair[9] ? `; ${pair[9]}` : "")));
  return make("div", { class: "columns opened" }, make("div", {}, make("h3", {}, own(line.code)), definition(line.code), values),
    make("div", {}, make("h3", {}, title), ...[unlisted()].filter(Boolean), ...(about.length ? paged(about, dispute, { size: 5 }) : [])));
};
const LINES = 25;
// The lines of a group; after the first LINES of all groups, the rest is folded.
const groupOf = (title, rows, before, opened) => {
  const first = rows.slice(0, Math.max(0, LINES - before)), rest = rows.slice(first.length);
  const listOf = (some) => make("ol", { class: "lines" }, some);
  const more = rest.length ? folded(`${number(rest.length)} ${first.length ? "more " : ""}${rest.length === 1 ? "code" : "codes"}`, listOf(rest)) : null;
  if (more) more.open = rest.includes(opened);
  return [make("h3", {}, title), first.length ? listOf(first) : null, more].filter(Boolean);
};
views.quality = ({ filters }) => {
  const { lines } = data;
  const key = data.reflexive ? null : make("p", { class: "soft key" }, "Kappa, from chance (dotted) to 1: ", make("span", { class: "people" }, "●"), " coders with each other, ", make("span", { class: "pipeline" }, "◆"), " with the pipeline taught by people’s codes, ", make("span", { class: "words" }, "◇"), " with the pipeline reading the codebook alone.");
  if (lines.length) {
    const rows = lines.map((line, n) => {
      const current = filters.line === String(n);
      const [main] = line.pairs;
      const opener = button("", () => change({ line: current ? "" : n, part: "" }), { class: "line", "aria-expanded": String(current), "data-key": `line-${n}` });
      opener.append(...[make("span", { class: "name" }, own(line.code)), data.reflexive ? null : dumbbell(line.pairs), make("span", { class: "n" }, own(counted(main))), make("span", { class: "n value" }, kappa(main))].filter(Boolean));
      return make("li", {}, opener, current ? openedLine(line) : null);
    });
    const opened = rows[Number(filters.line)], titles = data.reflexive ? ["Most different first"] : GROUPS;
    const parts = titles.flatMap((title, group) => {
      const first = lines.findIndex((line) => line.group === group), own = rows.filter((_, n) => lines[n].group === group);
      return own.length ? groupOf(title, own, first, opened) : [];
    });
    by("lines").replaceChildren(make("h2", {}, data.reflexive ? "Codes, with the passages that were read differently" : "Agreement on each code"), ...[key].filter(Boolean), make("div", { "data-figure": "Agreement by code" }, parts));
  } else if (data.disputes.length) {
    by("lines").replaceChildren(make("h2", {}, "Passages to discuss"), ...paged(data.disputes, dispute, { size: 5 }));
  }
  fillPlaces(viewAt("quality"));
  const part = filters.part ? by(`part-${filters.part}`) : null;
  if (part) { part.open = true; part.scrollIntoView(); }
};
