// Decisions about candidate themes. Opened as a file, the page saves decisions to a file for `counterpoint import`.
// Served by `counterpoint review`, it sends each decision; the server refuses it if the page is out of date.
const { held, showDecided, rename } = (() => {
  const deciding = JSON.parse(by("decide-data").textContent);
  const { review } = deciding;
  const dialog = by("decide"), form = by("decide-form");
  const decidable = new Map(deciding.themes.map((theme) => [theme.id, theme]));
  const numberOf = new Map(deciding.themes.flatMap((theme) => theme.members.map((member, k) => [member, theme.numbers[k]])));
  const memberAt = new Map([...numberOf].map(([member, n]) => [n, member]));
  let taken = review ? review.taken : [];
  let kept = true, who = review ? review.who : "", asked = null;

  const titled = (id, label) => (decidable.has(id) ? `“${label || held().get(id).label}”` : `a theme not on this page (${id})`);
  // The themes of the page after the decisions made since the report, in order.
  let heldFor = null, heldNow = null;
  const held = () => {
    if (heldFor === taken) return heldNow;
    const now = new Map(deciding.themes.map((theme) => [theme.id, { label: theme.label, members: new Set(theme.members), status: "", into: null, notes: [] }]));
    // Passages that splits took out of their themes: of each the place of the new theme in a list of labels.
    now.split = { of: new Map(), labels: [], sizes: [] };
    taken.forEach((one) => {
      const theme = now.get(one.theme);
      if (!theme) return;
      theme.notes.push(one);
      if (one.action === "rename") theme.label = one.label;
      if (one.action === "accept" || one.action === "reject") theme.status = one.action;
      if (one.action === "split") {
        const part = one.segments.filter((member) => theme.members.delete(member));
        part.forEach((member) => now.split.of.set(numberOf.get(member), now.split.labels.length));
        now.split.labels.push(one.label);
        now.split.sizes.push(part.length);
      }
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
      split: `${one.who} split “${one.label}” (${count((one.segments || []).length, "passage")}) off ${own}`,
      memo: `${one.who} wrote a memo on ${own}: ${one.text}`,
    }[one.action];
  };
  const short = (one) => {
    const done = { accept: "Accepted", reject: "Rejected", rename: `Renamed to “${one.label}”`, memo: "Memo written" };
    done.merge = `Merged with ${(one.others || []).map((id) => titled(id)).join(", ")}`;
    done.split = `“${one.label}” split off (${count((one.segments || []).length, "passage")})`;
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
      if (note) {
        note.hidden = !said.length;
        note.textContent = said.length ? `${said.join("; ")}. The next run will show it.` : "";
      }
      place.querySelectorAll("button").forEach((button) => { button.disabled = theme.into !== null; });
    });
    by("decided").hidden = !taken.length;
    const made = count(taken.length, "decision");
    if (review) by("decided-said").textContent = `${made} written to decisions.yaml since this report was generated.`;
    else by("decided-said").textContent = kept ? `${made}, saved to a file.` : `${made} on this page, not saved yet.`;
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
    if (action === "split") Object.assign(made, { label: rest[0], segments: rest.slice(1).sort() });
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

  const HEADINGS = { accept: "Accept", merge: "Merge other themes into", split: "Split a theme off", reject: "Reject", memo: "Write a memo on" };
  const WHAT = {
    accept: "The theme keeps its current label and passages when you run again.",
    merge: "The themes you select become part of this one.",
    split: "The passages you choose become a theme of their own with the label you give. The others stay.",
    reject: "Its passages will be in no theme. They stay in the study, and you can undo the decision.",
    memo: "Your notes on the theme. Its label and passages do not change, and it can still be accepted or rejected.",
  };
  const open = (action, theme, part = null) => {
    asked = { action, theme };
    form.reset();
    form.elements.who.value = who;
    by("decide-h").textContent = `${HEADINGS[action]} ${titled(theme)}`;
    by("decide-what").textContent = WHAT[action];
    by("decide-wrong").textContent = "";
    form.querySelectorAll("[data-for]").forEach((part) => { part.hidden = part.dataset.for !== action; });
    const now = held();
    if (action === "split") splitting.start(byStrength([...now.get(theme).members].map((member) => numberOf.get(member))), themes[themeAt.get(theme)].parts, part);
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
    const first = { split: form.elements.part, memo: form.elements.text, merge: form.querySelector("input[name=others]") }[action];
    (first || form.elements[who ? "why" : "who"]).focus();
  };
  const said = () => {
    const { action, theme } = asked;
    const field = (key) => form.elements[key].value.trim();
    const rest = { split: [field("part"), ...splitting.chosen().map((n) => memberAt.get(n))], memo: [field("text")] }[action] || [];
    if (action === "merge") rest.push(...[...form.querySelectorAll("input[name=others]:checked")].map((box) => box.value));
    if (!field("who")) throw new Error("Enter your name.");
    if (action === "merge" && !rest.length) throw new Error("Select at least one theme.");
    if (rest.includes("")) throw new Error(action === "memo" ? "Write the memo first." : "Write the label of the new theme first.");
    if (action === "split" && rest.length < 2) throw new Error("Choose the passages of the new theme.");
    if (action === "split" && rest.length > held().get(theme).members.size) throw new Error("These are all its passages, so nothing would be left. Rename the theme instead.");
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
    if (button) open(button.dataset.decide, Number(button.closest("[data-decide-theme]").dataset.decideTheme), button.dataset.part ? Number(button.dataset.part) : null);
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

  // The label of a theme, written over where it stands. `suggested`: what to begin with, if not its present label.
  const rename = (theme, place, suggested = "") => {
    const label = make("input", { name: "new-label", maxlength: "200", "aria-label": "New label" });
    const name = make("input", { name: "your-name", maxlength: "100", autocomplete: "name", placeholder: "Your name", "aria-label": "Your name" });
    const why = make("input", { name: "reason", maxlength: "5000", placeholder: "Reason (optional)", "aria-label": "Reason (optional)" });
    const wrong = make("p", { class: "wrong", role: "alert" });
    label.value = suggested || held().get(theme).label;
    name.value = who;
    const save = async (event) => {
      event.preventDefault();
      const text = label.value.trim(), author = name.value.trim();
      try {
        if (!text) throw new Error("Write the new label first.");
        if (!author) throw new Error("Enter your name.");
        if (text === held().get(theme).label) throw new Error("The theme already has this label.");
        const decision = { action: "rename", theme, rest: [text], who: author, why: why.value.trim() };
        who = author;
        if (review) await send(decision);
        else keep(decision);
        showDecided(true);
        by("theme").querySelector("[data-edit]")?.focus();
      } catch (error) {
        wrong.textContent = error.message;
        (author ? label : name).focus();
      }
    };
    const edit = make("form", { class: "label-edit", on: { submit: save, keydown: (event) => { if (event.key === "Escape") showDecided(true); } } },
      label, who ? null : name, why, make("button", { type: "submit", class: "first" }, "Save"), button("Cancel", () => showDecided(true)), wrong);
    place.replaceChildren(make("h2", { class: "sr" }, own(held().get(theme).label)), edit);
    label.select();
  };
  return { held, showDecided, rename };
})();
