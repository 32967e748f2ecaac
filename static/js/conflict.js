// "Take theirs" puts the other person's text into the field; what the reader typed stays in the table above it.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  const input = button && document.getElementById(button.dataset.take);
  if (!input) return;
  if (input.type === "checkbox") input.checked = button.dataset.value === "True";
  else input.value = button.dataset.value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
});
