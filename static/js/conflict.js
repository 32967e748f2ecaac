// "Take theirs" puts the other person's text into the field; what the reader typed stays in the table above it.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  const input = button && document.getElementById(button.dataset.take);
  if (!input) return;
  const theirs = button.dataset.value;
  const boxes = input.matches("fieldset") ? [...input.querySelectorAll("input")] : [];
  for (const box of boxes) box.checked = theirs.split(",").includes(box.value);
  if (input.type === "checkbox") input.checked = theirs === "True";
  else if (!boxes.length) input.value = theirs;
  // "change" asks again for what hangs on the field, as the parts of a country do.
  for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  (boxes[0] ?? input).focus();
});
