// Overview: themes by groups of people, what to read first, and what to be careful with.
// The code that marks a theme, or is given to half of it; by the same rule, Framework lists themes without a code.
const codeOf = (theme) => {
  const size = membersNow(theme.id).length, first = theme.codes.find((row) => marking([row]).length) || theme.codes.find((row) => counterpart([row], size));
  return first ? codes[first[0]] : "";
};
const sum = (group, of) => group.voices.reduce((found, voice) => found + (of.get(voice) || 0), 0);
// A cell: how many of the group's people speak of the theme; of one person, how many passages; or its share of their talk.
const heatCell = (theme, n, group, of, { each, talk, most }) => {
  const k = reach(group, of), all = group.voices.length, passages = sum(group, of), ofTalk = passages / Math.max(1, group.passages);
  const text = talk ? (passages ? percent(ofTalk) : "–") : each ? String(passages || "–") : `${k} of ${all}`;
  const share = talk ? ofTalk / most : each ? passages / Math.max(1, ...of.values()) : k / all;
  const label = `${labelOf(theme.id)}, ${group.name}: ${talk ? `${percent(ofTalk)} of their passages` : each ? count(passages, "passage") : `${k} of ${all} people`}`;
  const inside = k ? link(address("quotes", "", { theme: n, ...group.filter }), { "aria-label": label }, text) : make("span", {}, text);
  return make("td", { class: `h${shade(share)}` }, inside);
};
const nounOf = () => (people.length ? "people" : "sources");
const heatMap = (grouping, talk) => {
  const said = spoken(used), groups = groupsOf(grouping).map((group) => ({ ...group, passages: sum(group, said) })), each = grouping === EACH;
  const ofTheme = new Map(shownThemes().map((theme) => [theme.id, spoken(membersNow(theme.id))]));
  const most = Math.max(0.01, ...groups.flatMap((group) => [...ofTheme.values()].map((of) => (group.passages >= 10 ? sum(group, of) / group.passages : 0))));
  const everyone = { voices: people.length ? people : voices };
  const noun = nounOf();
  const head = make("tr", {}, make("th", { scope: "col" }, "Theme"), make("th", { scope: "col" }, `All ${noun}`),
    groups.map((group) => make("th", { scope: "col", class: each ? "narrow" : "" }, make("span", {}, own(group.name)))), codes.length ? make("th", { scope: "col" }, "Closest code") : null);
  const rows = shownThemes().map((theme) => {
    const n = themeAt.get(theme.id), of = ofTheme.get(theme.id), k = reach(everyone, of);
    return make("tr", {}, make("th", { scope: "row" }, link(address("themes", theme.id, { by: grouping }), { "data-theme": theme.id }, own(labelOf(theme.id)))),
      make("td", { class: "all" }, make("span", {}, `${k} of ${everyone.voices.length}`)),
      groups.map((group) => heatCell(theme, n, group, of, { each, talk, most })),
      !codes.length ? null : make("td", { class: "code" }, codeOf(theme) ? link(address("framework", "", { code: codes.indexOf(codeOf(theme)) }), {}, own(codeOf(theme))) : make("span", { class: "soft" }, "none")));
  });
  return make("table", { class: each ? "heat each" : "heat", "data-figure": "Themes by groups of people" }, make("caption", { class: "sr" }, talk ? "Share of each theme in what they say" : each ? "Passages of each theme" : `Share of each group’s ${noun} who speak of each theme`), make("thead", {}, head), make("tbody", {}, rows));
};
const firstWords = (n, most = 9) => {
  const words = textOf(segments[n]).trim().split(/\s+/);
  return words.length <= most ? words.join(" ") : `${words.slice(0, most).join(" ")} …`;
};
const readFirst = () => {
  const chosen = data.screen.first;
  if (!chosen.length) return [];
  return [make("h2", {}, "Read first"), make("ul", {}, chosen.map((one) => make("li", {},
    make("span", { class: "why" }, own(one.why)), " ",
    make("q", { dir: "auto" }, firstWords(one.s)), " ",
    make("span", { class: "tools" },
      button("Read", () => openTalk(one.s), { class: "plain door", "data-door": one.s, "aria-label": `Read in context: ${one.why}` }),
      button("Copy", () => copyQuote(one.s), { class: "plain", "data-copy": one.s, "aria-label": `Copy with source: ${one.why}` })))))];
};
views.overview = ({ filters }) => {
  const grouping = chosenGrouping(filters);
  const picture = themes.length ? [
    make("div", { class: "choices-of-picture" }, choice("By", "by", groupings, grouping), choice("Show", "show", ["people", "talk"], filters.show === "talk" ? "talk" : "people", (option) => (option === "talk" ? "share of their talk" : grouping === EACH ? "passages" : `${nounOf()} who speak of it`))),
    scrolling("Themes by groups of people", heatMap(grouping, filters.show === "talk")),
  ] : [];
  by("picture").replaceChildren(...picture);
  by("first").replaceChildren(...readFirst());
};
