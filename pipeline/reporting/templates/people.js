// Who speaks: people (or documents in which nobody is named), the groups they belong to, and shares with intervals.
// A voice is a participant; where a passage has none, its document speaks.
const voiceKey = (segment) => (segment[CASE] >= 0 ? segment[CASE] : cases.length + documentOf(segment));
// A person named by document and speaker ("P1.txt/Ana") is called by the speaker where no two are called alike.
const shortNames = (() => { const short = cases.map((one) => one.name.split("/").pop()); return cases.map((one, n) => (short.filter((name) => name === short[n]).length === 1 ? short[n] : one.name)); })();
const voiceName = (voice) => (voice < cases.length ? shortNames[voice] : documents[voice - cases.length].name);
const voices = [...new Set(used.map((n) => voiceKey(segments[n])))].sort((a, b) => a - b);
const people = voices.filter((voice) => voice < cases.length);
const EACH = "each person";
const groupings = [...attributes.map((attribute) => attribute.name), EACH];
const chosenGrouping = (filters) => (groupings.includes(filters.by) ? filters.by : groupings[0]);
// The groups of a grouping: name, the people in it (only those who say something), and the filter that selects it.
const groupsOf = (grouping) => {
  if (grouping === EACH) return voices.map((voice) => ({ name: voiceName(voice), voices: [voice], filter: voice < cases.length ? { case: voice } : { source: voice - cases.length } }));
  const place = attributes.findIndex((attribute) => attribute.name === grouping);
  const attribute = attributes[place];
  const found = attribute.values.map((name, value) => ({ name, voices: people.filter((voice) => attribute.of[voice] === value), filter: { [`a${place}`]: value } }));
  const rest = people.filter((voice) => attribute.of[voice] < 0);
  if (rest.length) found.push({ name: "not given", voices: rest, filter: { [`a${place}`]: -1 } });
  return found.filter((group) => group.voices.length);
};
// How many passages of each voice are among these passages.
const spoken = (numbers) => tally(numbers.map((n) => voiceKey(segments[n])));
// By how many people (and sources in which nobody is named) passages are.
const whoseWords = (numbers) => {
  const of = [...spoken(numbers).keys()], persons = of.filter((voice) => voice < cases.length).length, nameless = of.length - persons;
  return listed([persons ? count(persons, "person", "people") : "", nameless ? `${count(nameless, "source")} in which nobody is named` : ""].filter(Boolean)) || "nobody";
};
const reach = (group, of) => group.voices.filter((voice) => of.has(voice)).length;
// Wilson's interval of a share of people, 95%.
const interval = (k, n) => {
  const z = 1.96, p = k / n, middle = p + (z * z) / (2 * n), wide = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, (middle - wide) / (1 + (z * z) / n)), Math.min(1, (middle + wide) / (1 + (z * z) / n))];
};
// Whether the first share is above the second beyond their intervals. Each: people who speak of it, and all.
const above = ([k, n], [l, m]) => interval(k, n)[0] > interval(l, m)[1];
const shade = (share) => (share <= 0 ? 0 : share < 0.2 ? 1 : share < 0.4 ? 2 : share < 0.6 ? 3 : share < 0.8 ? 4 : 5);
// One choice of several, as buttons side by side; the choice is kept in the address.
const choice = (label, name, options, current, wording = (option) => option) =>
  options.length < 2 ? null : make("div", { class: "choice", role: "group", "aria-label": label }, make("span", { class: "soft" }, label), options.map((option) =>
    button(wording(option), () => change({ [name]: option }), { "aria-pressed": String(option === current), "data-choice": option, "data-key": `${name}-${option}` })));
const inWhoseVoice = (numbers) => {
  const of = spoken(numbers), persons = [...of.keys()].filter((voice) => voice < cases.length);
  const parts = people.length ? [`${persons.length} of ${count(people.length, "person", "people")}`] : [count(of.size, "source")];
  attributes.slice(0, 2).forEach((attribute) => {
    const groups = groupsOf(attribute.name).filter((group) => group.voices.length > 2).map((group) => [group, reach(group, of)]);
    const most = groups.sort((a, b) => b[1] / b[0].voices.length - a[1] / a[0].voices.length)[0];
    const least = groups[groups.length - 1];
    if (groups.length > 1 && above([most[1], most[0].voices.length], [least[1], least[0].voices.length])) {
      parts.push(`by ${attribute.name}, ${most[0].name} (${most[1]} of ${most[0].voices.length}) more than ${least[0].name} (${least[1]} of ${least[0].voices.length})`);
    }
  });
  const top = [...of.entries()].sort((a, b) => b[1] - a[1])[0];
  if (top && of.size > 1 && top[1] / numbers.length >= 0.3) parts.push(`${percent(top[1] / numbers.length)} is ${voiceName(top[0])}`);
  return `${count(numbers.length, "passage")}: ${parts.join("; ")}.`;
};
