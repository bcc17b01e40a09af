// What the reader chose lives in the address after `#`, so that a link or a reload keeps it; the language is remembered too.
(() => {
  "use strict";
  const KEPT = "streetlake-language";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const chosen = () => new URLSearchParams(location.hash.slice(1));
  const filters = [...new Set(all("[data-filter]").map((input) => input.name))];

  // A browser may refuse to remember anything of a page that is a file: then the address alone keeps the language.
  function remembered() {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  }

  function remember(language) {
    try {
      localStorage.setItem(KEPT, language);
    } catch {
      return;
    }
  }

  function choose(key, value) {
    const choices = chosen();
    if (value) choices.set(key, value);
    else choices.delete(key);
    history.replaceState(null, "", "#" + choices);
    show();
  }

  function chooseLanguage(language) {
    remember(language);
    choose("lang", language === "en" ? "en" : "");
  }

  function showLanguage(choices) {
    const language = (choices.get("lang") || remembered()) === "en" ? "en" : "zh";
    root.dataset.language = language;
    root.lang = language === "en" ? "en" : "zh-Hans";
    for (const button of all("[data-choose-language]"))
      button.setAttribute("aria-pressed", String(button.dataset.chooseLanguage === language));
    for (const link of all("a[data-page]")) link.hash = language === "en" ? "lang=en" : "";
  }

  // Thousands of cells need no key of their own: each follows the head of its column.
  function hideColumns(table) {
    const heads = [...table.tHead.lastElementChild.cells].map((head) => head.classList.contains("filtered"));
    for (const row of table.tBodies[0].rows)
      for (const cell of row.cells) cell.classList.toggle("filtered", heads[cell.cellIndex]);
  }

  function showFilters(choices) {
    for (const input of all("[data-filter]")) input.checked = input.value === (choices.get(input.name) || "");
    const wanted = filters.map((key) => [key, choices.get(key)]).filter(([, value]) => value);
    const fits = (part) =>
      wanted.every(([key, value]) => part.dataset[key] === undefined || part.dataset[key].split(" ").includes(value));
    if (filters.length)
      for (const part of all(filters.map((key) => `[data-${key}]`).join())) part.classList.toggle("filtered", !fits(part));
    if (wanted.length) for (const more of all("details.more")) more.open = true;
    for (const table of all("table.all-lights")) hideColumns(table);
    for (const note of all("[data-none-of]"))
      note.hidden = all(note.dataset.noneOf).some((part) => !part.closest(".filtered"));
  }

  function show() {
    const choices = chosen();
    showLanguage(choices);
    showFilters(choices);
    const problems = choices.get("only") === "problems";
    for (const box of all("input[name=problems]")) box.checked = problems;
    root.classList.toggle("problems-only", problems);
  }

  function open(button, opened) {
    button.setAttribute("aria-expanded", String(opened));
    document.getElementById(button.getAttribute("aria-controls")).classList.toggle("open", opened);
  }

  function toggle(button) {
    const opened = button.getAttribute("aria-expanded") !== "true";
    for (const other of all("button[aria-controls][aria-expanded=true]")) open(other, false);
    if (opened) open(button, true);
  }

  // Selecting works everywhere; the clipboard takes it only where the browser lets a file have it.
  function copy(button) {
    const text = document.getElementById(button.dataset.copy);
    getSelection().selectAllChildren(text);
    const done = document.execCommand("copy");
    button.classList.toggle("done", done);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.chooseLanguage) chooseLanguage(button.dataset.chooseLanguage);
    else if (button?.dataset.copy) copy(button);
    else if (button?.hasAttribute("aria-controls")) toggle(button);
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  });

  document.addEventListener("change", (event) => {
    if (event.target.hasAttribute("data-filter")) choose(event.target.name, event.target.value);
    if (event.target.name === "problems") choose("only", event.target.checked ? "problems" : "");
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const button of all("button[aria-controls][aria-expanded=true]")) {
      open(button, false);
      button.focus();
    }
  });

  addEventListener("hashchange", show);
  show();
  for (const wide of all("[data-from-end]")) wide.scrollLeft = wide.scrollWidth;
})();
