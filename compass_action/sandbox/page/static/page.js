// The page works without this. With it, what has changed on the server is fetched and put in place,
// and a choice in the filters needs no button.
"use strict";

const live = document.getElementById("live");
const liveText = document.getElementById("live-text");
let loading = false;
let again = false;

// Replace every part that is marked as live by its new self, and keep what the reader has opened.
async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } finally {
    loading = false;
  }
  if (again) {
    again = false;
    setTimeout(refresh, 1000); // a pipeline's burst is one change
  }
}

function put(fresh) {
  const parts = (page) => [...page.querySelectorAll("[data-live]")].map((part) => part.id).join();
  if (parts(fresh) !== parts(document)) {
    // The first event has come, or all were cleared: the parts themselves are others.
    document.getElementById("main").replaceChildren(...fresh.getElementById("main").childNodes);
    return listen();
  }
  const known = new Set([...document.querySelectorAll(".feed > li")].map((item) => item.id));
  const open = new Map([...document.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  const focused = document.activeElement;
  const address = focused && focused.getAttribute("href");
  const within = focused && focused.closest("[data-live]");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...next.childNodes);
  }
  for (const one of document.querySelectorAll("details[id]")) {
    if (open.has(one.id)) one.open = open.get(one.id);
  }
  if (known.size) {
    for (const item of document.querySelectorAll(".feed > li")) {
      if (!known.has(item.id)) item.classList.add("new");
    }
  }
  if (within && address && !focused.isConnected) {
    const same = [...document.querySelectorAll("a[href]:not([tabindex])")];
    same.find((link) => link.getAttribute("href") === address)?.focus();
  }
  fillChoices(fresh);
}

// New components, environments and states become choices; what is chosen stays.
function fillChoices(fresh) {
  for (const select of document.querySelectorAll("#filters select")) {
    const next = fresh.querySelector(`#filters select[name="${select.name}"]`);
    if (!next || next.options.length === select.options.length) continue;
    const chosen = select.value;
    select.replaceChildren(...next.childNodes);
    select.value = chosen;
  }
}

function listen() {
  const form = document.getElementById("filters");
  form?.addEventListener("change", () => form.requestSubmit());
  form?.addEventListener("submit", () => {
    for (const field of form.elements) field.disabled = field.disabled || field.value === "";
  });
}

function connect() {
  let seen = Number(document.body.dataset.revision);
  const source = new EventSource("/live");
  const news = (event) => {
    live.hidden = false;
    live.classList.remove("off");
    liveText.textContent = "Live";
    const revision = Number(event.data);
    if (revision !== seen) {
      seen = revision;
      refresh();
    }
  };
  source.addEventListener("hello", news);
  source.addEventListener("change", news);
  source.addEventListener("error", () => {
    live.hidden = false;
    live.classList.add("off");
    liveText.textContent = "Not connected";
  });
}

listen();
connect();
setInterval(refresh, 60_000); // "5 min ago" grows old
