// A form marked data-unsaved that was changed and not sent asks before it is left.

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-unsaved]")) form.dataset.changed = "";
});
document.addEventListener("submit", (event) => { delete event.target.dataset.changed; });
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved][data-changed]")) event.preventDefault();
});
