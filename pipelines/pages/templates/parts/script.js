// What the reader chose lives in the address after `#`, so that a link or a reload keeps it.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const chosen = () => new URLSearchParams(location.hash.slice(1));

  function choose(key, value) {
    const choices = chosen();
    if (value) choices.set(key, value);
    else choices.delete(key);
    history.replaceState(null, "", "#" + choices);
    show();
  }

  function show() {
    const choices = chosen();
    const language = choices.get("lang") === "en" ? "en" : "zh";
    root.dataset.language = language;
    root.lang = language === "en" ? "en" : "zh-Hans";
    for (const button of all("[data-choose-language]"))
      button.setAttribute("aria-pressed", String(button.dataset.chooseLanguage === language));
    for (const link of all("a[data-page]")) link.hash = language === "en" ? "lang=en" : "";
    const department = choices.get("department") || "";
    for (const choice of all("input[name=department]")) choice.checked = choice.value === department;
    for (const part of all("[data-department]"))
      part.classList.toggle("filtered", department !== "" && part.dataset.department !== department);
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

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.chooseLanguage) choose("lang", button.dataset.chooseLanguage === "en" ? "en" : "");
    else if (button?.hasAttribute("aria-controls")) toggle(button);
    const link = event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  });

  document.addEventListener("change", (event) => {
    if (event.target.name === "department") choose("department", event.target.value);
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
})();
