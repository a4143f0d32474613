// Decisions about candidate themes. Opened as a file, the page saves decisions to a file for `counterpoint import`.
// Served by `counterpoint review`, it sends each decision; the server refuses it if the page is out of date.
const { held, showDecided, editLabel } = (() => {
  const deciding = JSON.parse(by("decide-data").textContent);
  const { review } = deciding;
  const dialog = by("decide"), form = by("decide-form");
  const decidable = new Map(deciding.themes.map((theme) => [theme.id, theme]));
  let taken = review ? review.taken : [];
  let kept = true, who = review ? review.who : "", asked = null;

  const titled = (id, label) => (decidable.has(id) ? `“${label || held().get(id).label}”` : `a theme not on this page (${id})`);
  // The themes of the page after the decisions made since the report, in order.
  let heldFor = null, heldNow = null;
  const held = () => {
    if (heldFor === taken) return heldNow;
    const now = new Map(deciding.themes.map((theme) => [theme.id, { label: theme.label, members: new Set(theme.members), status: "", into: null, notes: [] }]));
    taken.forEach((one) => {
      const theme = now.get(one.theme);
      if (!theme) return;
      theme.notes.push(one);
      if (one.action === "rename") theme.label = one.label;
      if (one.action === "accept" || one.action === "reject") theme.status = one.action;
      if (one.action === "merge") {
        one.others.map((id) => now.get(id)).filter(Boolean).forEach((other) => {
          other.members.forEach((member) => theme.members.add(member));
          other.into = one.theme;
        });
      }
    });
    [heldFor, heldNow] = [taken, now];
    return now;
  };
  const sentence = (one) => {
    if (one.said) return one.said;
    const [own, ...others] = [one.theme, ...(one.others || [])].map((id, n) => titled(id, one.called[n]));
    return {
      accept: `${one.who} accepted ${own}`,
      reject: `${one.who} rejected ${own}`,
      rename: `${one.who} renamed ${own} to “${one.label}”`,
      merge: `${one.who} merged ${others.join(", ")} into ${own}`,
      memo: `${one.who} wrote a memo on ${own}: ${one.text}`,
    }[one.action];
  };
  const short = (one) => {
    const done = { accept: "Accepted", reject: "Rejected", rename: `Renamed to “${one.label}”`, memo: "Memo written" };
    done.merge = `Merged with ${(one.others || []).map((id) => titled(id)).join(", ")}`;
    return `${done[one.action] || one.action} by ${one.who}`;
  };

  // Shows what was decided: beside the theme, and in the bar. `again` draws the open view anew, with labels as they are now.
  const showDecided = (again = false) => {
    if (again) show();
    const now = held();
    document.querySelectorAll("[data-decide-theme]").forEach((place) => {
      const theme = now.get(Number(place.dataset.decideTheme));
      const said = theme.notes.map(short);
      if (theme.into !== null) said.push(`Merged into ${titled(theme.into)}`);
      const note = place.querySelector(".now");
      note.hidden = !said.length;
      note.textContent = said.length ? `${said.join("; ")}. The next run will show it.` : "";
      place.querySelectorAll("button").forEach((button) => { button.disabled = theme.into !== null; });
    });
    by("decided").hidden = !taken.length;
    const count = `${taken.length} ${taken.length === 1 ? "decision" : "decisions"}`;
    if (review) by("decided-said").textContent = `${count} written to decisions.yaml since this report was generated.`;
    else by("decided-said").textContent = kept ? `${count}, saved to a file.` : `${count} on this page, not saved yet.`;
    by("decided-how").textContent = review ? "Run `counterpoint run` to update the report." : "Add the file to the study with `counterpoint import FILE`, then run `counterpoint run`.";
    by("decided-save").hidden = Boolean(review);
    by("decided-list").replaceChildren(...taken.map((one) => {
      const item = document.createElement("li"), words = document.createElement("bdi"), back = document.createElement("button");
      words.textContent = sentence(one);
      back.type = "button";
      back.textContent = "Undo";
      back.setAttribute("aria-label", `Undo: ${sentence(one)}`);
      back.addEventListener("click", () => takeBack(one));
      item.append(words, " ", back);
      return item;
    }));
  };

  // The server's reply, or an error if it was cut off.
  const told = async (reply) => {
    try {
      return await reply.json();
    } catch {
      throw new Error("The reply was incomplete. Reload the page to see what was saved.");
    }
  };
  const send = async (body) => {
    let reply;
    try {
      reply = await fetch("decide", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...body, state: review.state }) });
    } catch {
      throw new Error("The review server does not respond, so nothing was saved. Start `counterpoint review` again and open its new address.");
    }
    const said = await told(reply);
    if (!reply.ok) throw new Error(said.error);
    review.state = said.state;
    taken = said.taken;
  };
  // A time later than every decision so far, so that their order is kept.
  const stamp = () => {
    const last = taken.reduce((latest, one) => (one.when > latest ? one.when : latest), deciding.last);
    const now = new Date().toISOString().slice(0, 19);
    if (now > last) return now;
    const whole = last.length > 10 ? last : `${last}T00:00:00`;
    return new Date(Date.parse(`${whole.length === 16 ? `${whole}:00` : whole}Z`) + 1000).toISOString().slice(0, 19);
  };
  const keep = ({ action, theme, rest, why }) => {
    const now = held(), own = now.get(theme);
    const made = { action, theme, who, when: stamp(), called: [own.label] };
    if (why) made.why = why;
    if (action === "rename") made.label = rest[0];
    if (action === "accept") made.label = own.label;
    if (action === "accept" || action === "reject") made.answers = decidable.get(theme).answers;
    if (action === "memo") made.text = rest[0];
    const members = new Set(own.members);
    if (action === "merge") {
      made.others = rest.map(Number).sort((a, b) => a - b);
      made.called.push(...made.others.map((other) => now.get(other).label));
      made.others.forEach((other) => now.get(other).members.forEach((member) => members.add(member)));
    }
    made.members = [...members].sort();
    made.documents = deciding.documents;
    taken = [...taken, made];
    kept = false;
  };
  const takeBack = async (one) => {
    if (review) {
      try {
        await send({ action: "undo", undoes: one.id, who: who || one.who, why: "" });
      } catch (error) {
        by("decided-wrong").textContent = error.message;
        return;
      }
    } else {
      taken = taken.filter((other) => other !== one);
      kept = !taken.length;
    }
    by("decided-wrong").textContent = "";
    showDecided(true);
    (taken.length ? by("decided") : viewAt("themes")).querySelector("summary, button")?.focus();
  };

  const HEADINGS = { accept: "Accept", rename: "Rename", merge: "Merge other themes into", reject: "Reject", memo: "Write a memo on" };
  const WHAT = {
    accept: "The theme keeps its current label and segments when you re-run.",
    rename: "The theme gets your label and keeps its segments.",
    merge: "The themes you select become part of this one.",
    reject: "Its segments will be in no theme. They stay in the study, and you can undo the decision.",
    memo: "Your notes on the theme. Its label and segments do not change, and it can still be accepted or rejected.",
  };
  const open = (action, theme, suggested = "") => {
    asked = { action, theme };
    form.reset();
    form.elements.who.value = who;
    by("decide-h").textContent = `${HEADINGS[action]} ${titled(theme)}`;
    by("decide-what").textContent = WHAT[action];
    by("decide-wrong").textContent = "";
    form.querySelectorAll("[data-for]").forEach((part) => { part.hidden = part.dataset.for !== action; });
    const now = held();
    if (action === "rename") form.elements.label.value = suggested || now.get(theme).label;
    by("decide-others").replaceChildren(...deciding.themes.filter((other) => other.id !== theme && now.get(other.id).into === null && now.get(other.id).status !== "reject").map((other) => {
      const label = document.createElement("label"), box = document.createElement("input"), words = document.createElement("bdi");
      box.type = "checkbox";
      box.name = "others";
      box.value = other.id;
      words.textContent = titled(other.id);
      label.append(box, " ", words);
      return label;
    }));
    dialog.showModal();
    const first = { rename: form.elements.label, memo: form.elements.text, merge: form.querySelector("input[name=others]") }[action];
    (first || form.elements[who ? "why" : "who"]).focus();
  };
  const said = () => {
    const { action, theme } = asked;
    const field = (key) => form.elements[key].value.trim();
    const rest = { rename: [field("label")], memo: [field("text")] }[action] || [];
    if (action === "merge") rest.push(...[...form.querySelectorAll("input[name=others]:checked")].map((box) => box.value));
    if (!field("who")) throw new Error("Enter your name.");
    if (action === "merge" && !rest.length) throw new Error("Select at least one theme.");
    if (rest.includes("")) throw new Error(action === "memo" ? "Write the memo first." : "Write the new label first.");
    if (action === "rename" && rest[0] === held().get(theme).label) throw new Error("The theme already has this label.");
    return { action, theme, rest, who: field("who"), why: field("why") };
  };
  // Served by `counterpoint review`, the page records the passages a person opens in the reading ledger.
  document.addEventListener("passage", async ({ detail: number }) => {
    const note = by("context-read");
    note.hidden = true;
    if (!review || !who) return;
    let reply;
    try {
      reply = await fetch("read", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ number, who, basis: deciding.basis }) });
    } catch {
      note.textContent = "The review server does not respond, so this passage was not recorded as read.";
    }
    if (reply) note.textContent = reply.ok ? `Recorded as read by ${who}.` : await told(reply).then((said) => said.error, (error) => error.message);
    note.hidden = false;
  });

  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    try {
      const decision = said();
      who = decision.who;
      if (review) await send(decision);
      else keep(decision);
      dialog.close();
      showDecided(true);
      by("theme").querySelector(`[data-decide=${decision.action}]`)?.focus();
    } catch (error) {
      by("decide-wrong").textContent = error.message;
    } finally {
      busy = false;
    }
  });
  by("decide-cancel").addEventListener("click", () => dialog.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (button) open(button.dataset.decide, Number(button.closest("[data-decide-theme]").dataset.decideTheme), button.dataset.label);
  });

  // JSON is valid YAML except for a few characters that YAML requires to be escaped.
  const file = () => {
    const text = JSON.stringify({ decisions: taken, basis: deciding.basis, seen: deciding.seen }, null, 1);
    return text.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
  };
  by("decided-save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file()], { type: "application/yaml" }));
    const author = who.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 40);
    link.download = `decisions-${author}-${stamp().slice(0, 19).replace(/:/g, "")}.yaml`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    kept = true;
    showDecided();
  });
  window.addEventListener("beforeunload", (event) => { if (!kept) event.preventDefault(); });

  // The label of a theme, written over where it stands.
  const editLabel = (theme, place) => {
    const label = make("input", { name: "new-label", maxlength: "200", "aria-label": "New label" });
    const name = make("input", { name: "your-name", maxlength: "100", autocomplete: "name", placeholder: "Your name", "aria-label": "Your name" });
    const wrong = make("p", { class: "wrong", role: "alert" });
    label.value = held().get(theme).label;
    name.value = who;
    const save = async (event) => {
      event.preventDefault();
      const text = label.value.trim(), author = name.value.trim();
      try {
        if (!text) throw new Error("Write the new label first.");
        if (!author) throw new Error("Enter your name.");
        if (text !== held().get(theme).label) {
          const decision = { action: "rename", theme, rest: [text], who: author, why: "" };
          who = author;
          if (review) await send(decision);
          else keep(decision);
        }
        showDecided(true);
        by("theme").querySelector("[data-edit]")?.focus();
      } catch (error) {
        wrong.textContent = error.message;
        (author ? label : name).focus();
      }
    };
    const edit = make("form", { class: "label-edit", on: { submit: save, keydown: (event) => { if (event.key === "Escape") showDecided(true); } } },
      label, who ? null : name, make("button", { type: "submit", class: "first" }, "Save"), button("Cancel", () => showDecided(true)), wrong);
    place.replaceChildren(make("h2", { class: "sr" }, own(held().get(theme).label)), edit);
    label.select();
  };
  return { held, showDecided, editLabel };
})();
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
const membersNow = (id) => {
  const parts = themes.flatMap((theme, n) => (theme.id === id || endOf(theme.id) === id ? [membersOf[n]] : []));
  return parts.length === 1 ? parts[0] : parts.flat().sort((a, b) => a - b);
};
