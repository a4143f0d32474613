// Start: the view that the address names; then whatever the address says next.
const printAll = () => {
  document.documentElement.classList.add("print-all-views");
  const before = here;
  VIEWS.filter((view) => view !== "quotes").forEach((view) => {
    here = { view, item: "", filters: {} };
    views[view](here, here);
  });
  // Every theme, with its quotes.
  by("theme").replaceChildren(...shownThemes().flatMap((theme) => [headingOf(theme), make("p", {}, own(inWhoseVoice(membersNow(theme.id)))), ...bestOf(themeAt.get(theme.id)).map((one) => quote(one, { asked: false, tools: false }))]));
  VIEWS.forEach((view) => { viewAt(view).hidden = view === "quotes"; });
  here = before;
};
by("print-all").addEventListener("click", () => { printAll(); print(); });
addEventListener("afterprint", () => {
  if (!document.documentElement.classList.contains("print-all-views")) return;
  document.documentElement.classList.remove("print-all-views");
  show();
});
addEventListener("hashchange", () => show(true));
by("skip").addEventListener("click", (event) => { event.preventDefault(); by("main").focus(); });
document.documentElement.classList.add("js");
show();
showDecided();
