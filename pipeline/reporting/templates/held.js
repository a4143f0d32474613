// The themes as they are after the decisions made on this page: labels, passages, and which are still shown.
const labelOf = (id) => held().get(id).label;
// Labels in what the page was built with follow a renaming too; what people said is left as it is.
const firstTexts = new WeakMap();
const relabel = (view) => {
  const now = held(), walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("blockquote, q")) continue;
    const first = firstTexts.get(node) ?? node.data;
    const text = themes.reduce((said, theme) => {
      const label = now.get(theme.id).label;
      if (label === theme.label) return said;
      return said.trim() === theme.label ? said.replace(theme.label, () => label) : said.split(`“${theme.label}”`).join(`“${label}”`);
    }, first);
    if (text !== node.data) { firstTexts.set(node, first); node.data = text; }
  }
};
const shownThemes = () => { const now = held(); return themes.filter((theme) => now.get(theme.id).into === null); };
const endOf = (id) => { const { into } = held().get(id); return into === null ? id : endOf(into); };
// What was split off its theme: a theme of its own from the next run on.
const splitNow = () => held().split;
const membersNow = (id) => {
  const parts = themes.flatMap((theme, n) => (theme.id === id || endOf(theme.id) === id ? [membersOf[n]] : []));
  const members = parts.length === 1 ? parts[0] : parts.flat().sort((a, b) => a - b), { of } = splitNow();
  return of.size ? members.filter((n) => !of.has(n)) : members;
};
