// Themes: a list, and one theme beside it.
// What became of a theme, beside its name.
const STATE = { accepted: "accepted", open: "in progress", candidate: "" };
const stateOf = (id) => {
  const now = held().get(id);
  return now.status === "accept" ? "accepted" : now.status === "reject" ? "rejected" : STATE[themes[themeAt.get(id)].state];
};
const themeList = (current) => make("ul", {}, shownThemes().map((theme) => {
  const of = spoken(membersNow(theme.id));
  const all = people.length ? people : voices, k = reach({ voices: all }, of);
  return make("li", {}, link(address("themes", theme.id, { by: here.filters.by }), theme.id === current ? { "aria-current": "true" } : {},
    make("span", { class: "label" }, own(labelOf(theme.id))), " ",
    make("span", { class: "soft" }, `${k} of ${count(all.length, people.length ? "person" : "source", people.length ? "people" : "")}${stateOf(theme.id) ? ` · ${stateOf(theme.id)}` : ""}`)));
}));
// Everybody who speaks, by group: who speaks of the theme, and how much.
const strip = (n, groups, of, named) => {
  const most = Math.max(1, ...of.values());
  const cell = (voice) => {
    const passages = of.get(voice) || 0;
    const label = `${voiceName(voice)}: ${count(passages, "passage")}`;
    const look = { class: `person${named ? " named" : ""} h${passages ? Math.max(1, Math.ceil((5 * passages) / most)) : 0}`, title: label, "aria-label": label };
    const filter = voice < cases.length ? { case: voice } : { source: voice - cases.length };
    return passages ? link(address("quotes", "", { theme: n, ...filter }), look, named ? own(voiceName(voice)) : null, String(passages)) : make("span", { ...look, role: "img" }, named ? own(voiceName(voice)) : "");
  };
  // In a large group those who say nothing of it are counted.
  const row = (group) => {
    const silent = group.voices.length > 24 ? group.voices.filter((voice) => !of.has(voice)).length : 0;
    const shown = silent ? group.voices.filter((voice) => of.has(voice)).sort((a, b) => of.get(b) - of.get(a)) : group.voices;
    return make("div", { class: named ? "strip-row each" : "strip-row" }, group.name ? make("span", { class: "name" }, own(group.name)) : null,
      make("span", { class: "persons" }, shown.map(cell), silent ? make("span", { class: "soft" }, `${number(silent)} silent`) : null));
  };
  return make("div", { class: "strip", "data-figure": "Who speaks of it" }, groups.map(row));
};
// Shares by group, with intervals, on one scale from nobody to everybody.
const dotPlot = (n, groups, of) => make("div", { class: "dots", "data-figure": "Share of each group" }, groups.map((group) => {
  const k = reach(group, of), all = group.voices.length, [low, high] = interval(k, all), x = (share) => 6 + 188 * share;
  const picture = drawn("svg", { viewBox: "0 0 200 14", "aria-hidden": "true" },
    drawn("line", { x1: x(0), x2: x(1), y1: 7, y2: 7, class: "scale" }),
    drawn("line", { x1: x(low), x2: x(high), y1: 7, y2: 7, class: "range" }), drawn("circle", { cx: x(k / all), cy: 7, r: 5 }));
  const words = make("span", {}, `${k} of ${all}`, make("span", { class: "sr" }, ` people (95% interval ${percent(low)} to ${percent(high)})`));
  return make("div", { class: "dot-row", title: `95% interval ${percent(low)} to ${percent(high)}` }, make("span", { class: "name" }, own(group.name)), picture,
    k ? link(address("quotes", "", { theme: n, ...group.filter }), { class: "n" }, words) : make("span", { class: "n" }, words));
}));
const sideBySide = (n, grouping, groups, of) => {
  const [one, two] = [...groups].sort((a, b) => reach(b, of) - reach(a, of));
  if (!two) return null;
  const place = attributes.findIndex((attribute) => attribute.name === grouping);
  const value = (group) => attributes[place].values.indexOf(group.name);
  return make("p", {}, link(address("quotes", "", { theme: n, compare: place, left: value(one), right: value(two) }), {}, "Read ", own(one.name), " and ", own(two.name), " side by side"));
};
const voicesOf = (n, filters) => {
  const grouping = chosenGrouping(filters), groups = groupsOf(grouping === EACH && attributes.length ? attributes[0].name : grouping), of = spoken(membersNow(themes[n].id));
  const flat = grouping === EACH ? [{ name: "", voices }] : groups;
  const parts = [make("h3", {}, "Who speaks of it"), attributes.length ? choice("By", "by", groupings, grouping) : null, strip(n, flat, of, grouping === EACH)];
  if (grouping !== EACH && groups.length > 1) parts.push(make("h3", {}, "Share of each group"), dotPlot(n, groups, of), sideBySide(n, grouping, groups, of));
  return parts;
};
const bestOf = (n, most = data.quotesPerTheme) => {
  const { typical = [], diverse = [] } = themes[n].quotes;
  const seen = new Set(), chosen = [];
  // Different people first, where so many speak.
  [...typical, ...diverse, ...membersNow(themes[n].id)].forEach((one) => {
    const voice = voiceKey(segments[one]);
    if (chosen.length < most && !chosen.includes(one) && !seen.has(voice)) { chosen.push(one); seen.add(voice); }
  });
  return chosen.concat([...typical, ...diverse].filter((one) => !chosen.includes(one))).slice(0, most);
};
const byStrength = (numbers) => [...numbers].sort((a, b) => segments[b][STRENGTH] - segments[a][STRENGTH] || a - b);
const tabsOf = (n, filters) => {
  const theme = themes[n];
  const tabs = [
    ["against", "Speaks against", theme.against.map(([one, code]) => [one, `Against the others coded “${code}”`])],
    ["outside", "Just outside the theme", (theme.quotes.contrasting || []).map((one) => [one, ""])],
    ["borderline", "Borderline", (theme.quotes.borderline || []).map((one) => [one, ""])],
    ["all", "All", byStrength(membersNow(theme.id)).map((one) => [one, ""])],
  ];
  const current = tabs.find(([name]) => name === filters.tab) || null;
  const bar = make("div", { class: "choice", role: "group", "aria-label": "More passages" }, tabs.map(([name, title, own]) =>
    button(`${title} (${number(own.length)})`, () => change({ tab: current && current[0] === name ? "" : name }), { "aria-pressed": String(Boolean(current) && current[0] === name), "data-tab": name, "data-key": `tab-${name}`, disabled: !own.length })));
  return [bar, ...(current ? paged(current[2], ([one, note]) => quote(one, { note })) : [])];
};
const humanOf = (theme) => {
  const coderNames = [...new Set(theme.human.map(([coder]) => coder))];
  if (!coderNames.length) return [];
  return [make("h3", {}, "What people’s codes say"), make("ul", { class: "plain-list" }, coderNames.map((coder) => make("li", {}, own(coder), ": ",
    theme.human.filter(([who]) => who === coder).flatMap(([, code, n], k) => [k ? ", " : "", own(code), ` (${number(n)})`]))))];
};
const readingOf = (reading) => make("div", { class: "other" },
  make("p", {}, reading.called ? own(`“${reading.called}” `) : null, make("span", { class: "soft" }, own(`${reading.author}, ${reading.when}${reading.handout ? `; labelled “${reading.handout}” on their handout` : ""}`))),
  reading.answers.map(([heading, answer]) => make("p", {}, make("span", { class: "tag" }, heading), " ", make("bdi", { class: "words" }, answer))));
const evidenceOf = (theme) => {
  const stable = { stable: "Found again when sources were left out.", shifted: "Shifted when sources were left out.", lost: "Not found again when sources were left out." }[theme.stability];
  const columns = ["Without", "Share of the theme", "Result", ...(data.reflexive ? [] : ["Jaccard"])];
  return make("details", { class: "evidence" }, make("summary", {}, "Evidence"),
    theme.passport ? make("p", {}, own(theme.passport)) : null,
    stable && !theme.passport.includes("when some documents are left out") ? make("p", {}, stable) : null,
    theme.framework ? make("p", {}, own(theme.framework)) : null,
    theme.reading ? make("p", {}, own(theme.reading)) : null,
    theme.restsLead ? make("p", {}, own(theme.restsLead)) : null,
    theme.rests.length ? folded("Dependence on cases and groups", scrolling("Dependence on cases and groups", make("table", {}, make("thead", {}, make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name)))),
      make("tbody", {}, theme.rests.map((row) => make("tr", {}, row.slice(0, columns.length).map((value, n) => make(n ? "td" : "th", n ? {} : { scope: "row" }, own(value))))))))) : null,
    make("p", { class: "soft" }, "Keywords: ", theme.keywords.length ? theme.keywords.flatMap((word, n) => [n ? ", " : "", own(word)]) : theme.noKeywords),
    make("p", { class: "soft" }, `Id ${theme.id}: the same in every run, for `, make("code", {}, "counterpoint decide"), "."));
};
const headingOf = (theme) => {
  const label = labelOf(theme.id);
  const heading = make("h2", { "data-heading": "" }, own(label));
  const edit = button("Rename", () => rename(theme.id, heading.parentElement), { class: "plain", "data-edit": theme.id, disabled: held().get(theme.id).into !== null });
  return make("div", { class: "theme-heading" }, heading, edit, stateOf(theme.id) ? make("span", { class: "tag" }, stateOf(theme.id)) : null);
};
const decideButtons = (theme) => make("div", { class: "decide", "data-decide-theme": theme.id },
  make("p", { class: "now", role: "status", hidden: true }),
  make("p", { class: "choices", role: "group", "aria-label": `Decide about ${labelOf(theme.id)}` }, ["accept", "merge", "split", "reject", "memo"].flatMap((action) =>
    [make("button", { type: "button", "data-decide": action, "aria-label": `${upper(action)}: ${labelOf(theme.id)}` }, upper(action)), " "])));
// A line in a participant's words, which can become the label.
const vivoOf = (theme) => {
  const [n, start, end] = theme.vivo, line = cut(documentOf(segments[n]), start, end);
  return make("p", { class: "vivo" }, make("q", { dir: "auto" }, line), " ", make("span", { class: "soft" }, ...separated(where(segments[n]).slice(0, 1))), " ",
    button("In context", () => openTalk(n), { class: "plain door", "data-door": n }), " ",
    button("Rename to this", () => rename(theme.id, by("theme").querySelector(".theme-heading"), line), { class: "plain", "data-line": theme.id, disabled: held().get(theme.id).into !== null }));
};
const partsOf = (theme) => [make("h3", {}, "Sub-themes"), make("ul", { class: "plain-list", "data-decide-theme": theme.id }, theme.parts.map(([label, size], k) => make("li", {}, own(label), ` (${number(size)}) `,
  make("button", { type: "button", class: "plain", "data-decide": "split", "data-part": k, "aria-label": `Split off: ${label}` }, "Split off"))))];
const themePage = (theme, filters) => {
  const n = themeAt.get(theme.id), label = labelOf(theme.id);
  return [
    headingOf(theme), theme.proposed.length && label === theme.label ? make("p", { class: "soft" }, own(`Label proposed by ${theme.proposed[0]}${theme.proposed[1] ? `; from the passages’ words: ${theme.proposed[1]}` : ""}`)) : null, theme.vivo ? vivoOf(theme) : null, make("p", { class: "voice" }, own(inWhoseVoice(membersNow(theme.id)))),
    theme.codes.length ? make("p", { class: "soft" }, "Framework: ", theme.codes.slice(0, 3).flatMap(([code, k], m) => [m ? ", " : "", link(address("quotes", "", { theme: n, code }), {}, own(codes[code])), ` (${number(k)})`])) : null,
    theme.answers ? make("p", { class: "soft" }, own(`Answers ${theme.answers.slice(0, 1).toLowerCase()}${theme.answers.slice(1)}`)) : null,
    theme.questions.map((question) => make("p", { class: "waits" }, own(question))),
    theme.standing.map((sentence) => make("p", { class: "decided" }, sentence)),
    decideButtons(theme),
    make("div", { class: "columns" }, make("div", {}, voicesOf(n, filters)), make("div", {}, make("h3", {}, "In their words"), bestOf(n).map((one) => quote(one)))),
    make("h3", {}, "More passages"), tabsOf(n, filters),
    theme.parts.length ? partsOf(theme) : [],
    humanOf(theme),
    theme.readings.length ? [make("h3", {}, count(theme.readings.length, "alternative reading")), theme.readings.map(readingOf)] : [],
    theme.trail.length ? folded("Decisions about it", ...theme.trail.map((sentence) => make("p", {}, own(sentence)))) : null,
    evidenceOf(theme),
  ].flat();
};
views.themes = ({ item, filters }) => {
  if (!themes.length) {
    by("theme").replaceChildren(make("p", {}, "No candidate themes were found: there were too few passages, or they did not form groups."));
    return;
  }
  const known = themes.filter((theme) => String(theme.id) === item)[0] || shownThemes()[0] || themes[0];
  here.item = String(known.id);
  const parts = splitNow();
  by("theme-list").replaceChildren(themeList(known.id), ...(parts.labels.length ? [make("ul", { class: "parted" }, parts.labels.map((label, k) => make("li", {}, link(address("quotes", "", { theme: `split${k}` }), {}, own(label), make("span", { class: "soft" }, `${count(parts.sizes[k], "passage")} · split off, a theme from the next run on`)))))] : []));
  by("theme").replaceChildren(...themePage(known, filters).filter(Boolean));
  by("theme-list").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  showDecided();
};
