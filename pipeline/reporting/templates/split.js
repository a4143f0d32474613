// Which passages a split takes: chosen one by one, by the words that they hold, or as a sub-theme.
const splitting = (() => {
  const SHOWN = 30, WORDS = 40;
  let all = [], taken = new Set(), most = SHOWN;
  const found = () => {
    const asked = fold(by("decide-find").value.trim());
    return asked ? all.filter((n) => fold(textOf(segments[n])).includes(asked)) : all;
  };
  const tell = () => { by("decide-chosen").textContent = `${number(taken.size)} of ${count(all.length, "passage")} chosen`; };
  const item = (n) => {
    const box = make("input", { type: "checkbox", name: "passage", value: n, on: { change: () => { if (box.checked) taken.add(n); else taken.delete(n); tell(); } } });
    box.checked = taken.has(n);
    return make("label", {}, box, " ", own(firstWords(n, WORDS)), " ", make("span", { class: "soft" }, ...separated(where(segments[n]).slice(0, 1))));
  };
  const draw = () => {
    const there = found(), rest = there.length - most;
    by("decide-passages").replaceChildren(...there.slice(0, most).map(item), ...(rest > 0 ? [button(`Show more (${number(rest)})`, () => { most += 100; draw(); }, { class: "more" })] : []),
      ...(there.length ? [] : [make("p", { class: "soft" }, "No passage of the theme has these words.")]));
    tell();
  };
  const take = (numbers, label) => {
    taken = new Set(numbers.filter((n) => all.includes(n)));
    if (label && !by("decide-form").elements.part.value) by("decide-form").elements.part.value = label;
    draw();
  };
  by("decide-find").addEventListener("input", () => { most = SHOWN; draw(); });
  // Enter looks for words; it does not decide.
  by("decide-find").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  by("decide-all").addEventListener("click", () => { found().forEach((n) => taken.add(n)); draw(); });
  by("decide-none").addEventListener("click", () => { taken = new Set(); draw(); });
  // numbers: the passages of the theme; parts: its sub-themes; part: the sub-theme to begin with.
  const start = (numbers, parts, part) => {
    [all, taken, most] = [numbers, new Set(), SHOWN];
    by("decide-parts").replaceChildren(...parts.flatMap(([label, size, own]) => [button(`Sub-theme “${label}” (${number(size)})`, () => take(own, label)), " "]));
    if (part !== null && parts[part]) take(parts[part][2], parts[part][0]);
    else draw();
  };
  return { start, chosen: () => [...taken].sort((a, b) => a - b) };
})();
