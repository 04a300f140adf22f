"use strict";
const folds = () => [...document.querySelectorAll("details")];
const button = document.getElementById("unfold");
const show = (open) => {
  folds().forEach((fold) => { fold.open = open; });
  button.textContent = open ? "Close all workings" : "Open all workings";
  button.setAttribute("aria-pressed", String(open));
};
button.hidden = false;
button.addEventListener("click", () => show(folds().some((fold) => !fold.open)));
let opened = [];
addEventListener("beforeprint", () => {
  opened = folds().filter((fold) => !fold.open);
  opened.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => { opened.forEach((fold) => { fold.open = false; }); });
