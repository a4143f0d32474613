"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { documents, cases, attributes, themes, codes, turns, segments, valences } = data;
  const [TURN, START, END, PROMPT, THEME, CODES, CASE, USED, VALENCE] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const [DOCUMENT, SPEAKER, PART, FROM, TO, TIME] = [0, 1, 2, 3, 4, 5];
  const PAGE = 40, REJECTED = -2;
  const by = (id) => document.getElementById(id);
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const textOf = (segment) => documents[turns[segment[TURN]][DOCUMENT]].text.slice(segment[START], segment[END]);
  const isolated = (text) => make("bdi", "", text);
  const joined = (element, parts) => {
    parts.filter(Boolean).forEach((part, n) => element.append(n ? " · " : "", isolated(part)));
    return element;
  };
  const where = (segment) => {
    const turn = turns[segment[TURN]];
    const about = segment[CASE] >= 0 ? cases[segment[CASE]].about : "";
    return [turn[SPEAKER], about, documents[turn[DOCUMENT]].name, turn[TIME]];
  };

  // "In context" opens a quote in its turn, with the question it answers and the turns before and after.
  const dialog = by("context");
  let first = 0, last = 0, shown = null;
  const turnElement = (number) => {
    const turn = turns[number];
    const element = make("div", turn[PART] === "i" ? "turn asks" : "turn");
    element.dir = "auto";
    if (turn[SPEAKER] || turn[TIME]) element.append(joined(make("span", "speaker"), [turn[SPEAKER], turn[TIME]]));
    const text = documents[turn[DOCUMENT]].text;
    if (number === shown[TURN]) {
      element.append(text.slice(turn[FROM], shown[START]), make("mark", "", text.slice(shown[START], shown[END])));
      element.append(text.slice(shown[END], turn[TO]));
    } else {
      element.append(text.slice(turn[FROM], turn[TO]));
    }
    return element;
  };
  const sameDocument = (number) => turns[number] && turns[number][DOCUMENT] === turns[shown[TURN]][DOCUMENT];
  const talk = () => {
    by("context-talk").replaceChildren(...Array.from({ length: last - first + 1 }, (_, n) => turnElement(first + n)));
    by("earlier").disabled = !sameDocument(first - 1);
    by("later").disabled = !sameDocument(last + 1);
  };
  const openDoor = (number) => {
    shown = segments[number];
    first = last = shown[TURN];
    if (sameDocument(first - 1)) first -= 1;
    if (sameDocument(last + 1)) last += 1;
    by("context-where").replaceChildren();
    joined(by("context-where"), where(shown));
    const asked = by("context-asked");
    asked.replaceChildren();
    if (shown[PROMPT] >= 0 && shown[PROMPT] < first) asked.append(make("p", "speaker", "Question asked:"), turnElement(shown[PROMPT]));
    talk();
    if (!dialog.open) dialog.showModal();
    document.dispatchEvent(new CustomEvent("passage", { detail: number }));
    const mark = dialog.querySelector("mark");
    if (mark) mark.scrollIntoView({ block: "center" });
  };
  by("earlier").addEventListener("click", () => { first -= 1; talk(); });
  by("later").addEventListener("click", () => { last += 1; talk(); });
  by("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const form = by("filters");
  if (form) {
    const fill = (select, all, options) => {
      select.append(new Option(all, ""));
      options.forEach(([value, label]) => select.append(new Option(label, value)));
    };
    const numbered = (names) => names.map((name, number) => [number, name]);
    fill(form.elements.theme, "any", [...themes.map((theme, n) => [n, `${theme.id} ${theme.label}`]), [-1, "in no theme"], ...(segments.some((one) => one[THEME] === REJECTED) ? [[REJECTED, "in a rejected theme"]] : [])]);
    fill(form.elements.code, "any", [...numbered(codes), [-1, "no code"]]);
    fill(form.elements.case, "any", numbered(cases.map((one) => one.name)));
    fill(form.elements.document, "any", numbered(documents.map((one) => one.name)));
    fill(form.elements.source, "any", [...new Set(documents.map((one) => one.source))].sort().map((name) => [name, name]));
    fill(form.elements.valence, "any", numbered(valences));
    by("valence").hidden = !valences.length;
    attributes.forEach((attribute, number) => {
      const label = make("label", "", attribute.name[0].toUpperCase() + attribute.name.slice(1) + " ");
      const select = make("select");
      select.name = `attribute${number}`;
      fill(select, "any", numbered(attribute.values));
      label.append(select);
      by("attributes").append(label);
    });

    // Search ignores accents and case.
    const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    let folded = null;
    const circles = new Map([...document.querySelectorAll("#map [data-s]")].map((circle) => [Number(circle.dataset.s), circle]));
    let hits = [], listed = 0;

    const chosen = (name) => (form.elements[name].value === "" ? null : Number(form.elements[name].value));
    const test = () => {
      const [theme, code, person, source, valence] = ["theme", "code", "case", "document", "valence"].map(chosen);
      const kind = form.elements.source.value;
      const words = fold(form.elements.text.value.trim());
      if (words && !folded) folded = segments.map((segment) => fold(textOf(segment)));
      const values = attributes.map((_, number) => chosen(`attribute${number}`));
      const aside = form.elements.aside.checked;
      return (segment, number) => {
        const document = turns[segment[TURN]][DOCUMENT];
        return (aside || segment[USED])
          && (theme === null || segment[THEME] === theme && (theme >= 0 || segment[USED]) || theme === -1 && segment[THEME] === REJECTED)
          && (code === null || (code < 0 ? !segment[CODES].length : segment[CODES].includes(code)))
          && (valence === null || segment[VALENCE] === valence)
          && (person === null || segment[CASE] === person)
          && (source === null || document === source)
          && (!kind || documents[document].source === kind)
          && values.every((value, n) => value === null || (segment[CASE] >= 0 && attributes[n].of[segment[CASE]] === value))
          && (!words || folded[number].includes(words));
      };
    };
    const item = (number) => {
      const segment = segments[number];
      const element = make("li");
      const text = make("p", "text", textOf(segment));
      text.dir = "auto";
      const tags = segment[CODES].map((code) => codes[code]).join(", ");
      const place = joined(make("p", "where"), [...where(segment), segment[THEME] >= 0 ? themes[segment[THEME]].id : "", tags]);
      const button = make("button", "door", "In context");
      button.type = "button";
      button.dataset.door = number;
      place.append(" ", button);
      element.append(text, place);
      return element;
    };
    const more = () => {
      by("list").append(...hits.slice(listed, listed + PAGE).map(item));
      listed = Math.min(listed + PAGE, hits.length);
      by("more").hidden = listed >= hits.length;
    };
    const update = () => {
      const passes = test();
      hits = [];
      segments.forEach((segment, number) => {
        const passed = passes(segment, number);
        if (passed) hits.push(number);
        const circle = circles.get(number);
        if (circle && circle.classList.contains("off") === passed) circle.classList.toggle("off", !passed);
      });
      const people = new Set(hits.map((number) => segments[number][CASE]).filter((one) => one >= 0)).size;
      const plural = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
      by("found").textContent = hits.length
        ? `${plural(hits.length, "segment")} from ${plural(people, "case")}.` : "No segments match. Clear a filter to see more.";
      by("list").replaceChildren();
      listed = 0;
      more();
    };
    let waiting = 0;
    form.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(update); });
    form.addEventListener("reset", () => setTimeout(update));
    form.addEventListener("submit", (event) => event.preventDefault());
    by("more").addEventListener("click", more);

    document.addEventListener("click", (event) => {
      const setter = event.target.closest("[data-set-theme], [data-set-code]");
      if (!setter) return;
      form.reset();
      if (setter.dataset.setTheme) form.elements.theme.value = setter.dataset.setTheme;
      if (setter.dataset.setCode) form.elements.code.value = setter.dataset.setCode;
      if (setter.dataset.setCase) form.elements[setter.dataset.setIn || "case"].value = setter.dataset.setCase;
      update();
      if (!setter.closest("#explore")) by("explore").scrollIntoView();
      form.elements.text.focus({ preventScroll: true });
    });

    const map = by("map");
    let lit = null;
    map.addEventListener("pointerover", (event) => {
      const number = event.target.dataset && event.target.dataset.s;
      if (number === undefined) return;
      if (lit) lit.classList.remove("on");
      lit = event.target;
      lit.classList.add("on");
      const segment = segments[number];
      const theme = segment[THEME] >= 0 ? `${themes[segment[THEME]].id} ${themes[segment[THEME]].label}` : segment[THEME] === REJECTED ? "in a rejected theme" : "in no theme";
      by("hover").replaceChildren(isolated(textOf(segment).slice(0, 280)), make("br"));
      joined(by("hover"), [...where(segment), theme]);
    });
    map.addEventListener("click", (event) => {
      if (event.target.dataset && event.target.dataset.s !== undefined) openDoor(Number(event.target.dataset.s));
    });
    update();
  }
  document.addEventListener("click", (event) => {
    const door = event.target.closest("[data-door]");
    if (door) openDoor(Number(door.dataset.door));
  });
  document.documentElement.classList.add("js");
})();
