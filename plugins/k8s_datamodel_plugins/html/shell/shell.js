"use strict";

/* The button that changes between light and dark.

   The dark colours stand once in the style sheet, in a rule for the system's choice. The button
   changes what the rule is for. */
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const button = document.getElementById("scheme");
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const dark = rules.find((rule) => rule.media?.mediaText.includes("prefers-color-scheme"));
  let isDark = system.matches;

  const tell = () => document.dispatchEvent(new CustomEvent("themechange"));

  function show(wanted) {
    isDark = wanted;
    dark.media.mediaText = wanted ? "screen" : "not all";
    button.textContent = wanted ? "Light" : "Dark";
    button.setAttribute("aria-label", `Use ${wanted ? "light" : "dark"} colours`);
    tell();
  }

  button.hidden = false;
  show(isDark);
  button.addEventListener("click", () => show(!isDark));
  system.addEventListener("change", () => show(system.matches));
  paper.addEventListener("change", tell);
})();
