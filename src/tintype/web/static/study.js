"use strict";
// Extras of the page with a picture; without them everything works. They measure the time from the picture's
// first frame to the answer, give keys to the answers, and keep a form from being sent twice.

const form = document.getElementById("answer");

if (form) {
  const picture = document.getElementById("picture");
  const buttons = [...form.querySelectorAll("button[data-key]")];
  const switcher = document.getElementById("keys");
  let seen = null;
  let sent = false;

  picture.decode().then(
    () => requestAnimationFrame((time) => { seen = time; }),
    () => {}, // a picture that did not load has no time; its alternative text is shown
  );

  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    const time = performance.now();
    form.elements.ms.value = seen === null || time < seen ? "" : String(Math.round(time - seen));
    if (event.submitter) event.submitter.classList.add("chosen");
  });

  // A page that comes back from the browser's memory was answered before: ask the server what is next.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const keysAreOn = () => sessionStorage.getItem("keys") !== "off";

  const showKeys = () => {
    const on = keysAreOn();
    switcher.hidden = false;
    switcher.textContent = on ? switcher.dataset.on : switcher.dataset.off;
    for (const button of buttons) {
      button.querySelector("kbd")?.remove();
      if (on) {
        const hint = document.createElement("kbd");
        hint.textContent = button.dataset.key;
        hint.setAttribute("aria-hidden", "true");
        button.append(hint);
        button.setAttribute("aria-keyshortcuts", button.dataset.key);
      } else {
        button.removeAttribute("aria-keyshortcuts");
      }
    }
  };

  switcher.addEventListener("click", () => {
    sessionStorage.setItem("keys", keysAreOn() ? "off" : "on");
    showKeys();
  });

  addEventListener("keydown", (event) => {
    if (!keysAreOn() || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const button = buttons.find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
    if (button) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });

  showKeys();
}
