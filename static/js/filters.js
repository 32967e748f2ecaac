// A filter left empty stays out of the address, so that a view that is sent on shows only what was chosen.

document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form.filters")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});
