(() => {
  // What is marked and noted is sent to `counterpoint review --read-first`; the page is then loaded again.
  const failed = document.getElementById("failed");
  const refuse = (message) => {
    failed.textContent = message;
    failed.hidden = false;
    failed.scrollIntoView({ block: "center" });
  };
  const send = async (where, body) => {
    try {
      const reply = await fetch(where, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const answer = await reply.json();
      if (!reply.ok) return refuse(answer.error);
    } catch {
      return refuse("Not saved: the server does not answer. Start counterpoint review --read-first again.");
    }
    location.reload();
  };
  document.querySelectorAll("section[data-part]").forEach((section) => {
    const { part } = section.dataset;
    const note = section.querySelector("textarea");
    section.querySelector(".mark")?.addEventListener("click", () => send("mark", { part, note: note.value }));
    section.querySelector(".show")?.addEventListener("click", () => send("show", { part }));
  });
  document.getElementById("show-all").addEventListener("click", () => send("show", { part: "" }));
})();
