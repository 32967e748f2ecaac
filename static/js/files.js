// <form data-files>: files dropped on the form, or pasted as a screenshot, join those chosen in its file input.
// Without this script the input is a plain one.

function join(form, files) {
  const input = form.querySelector("input[type=file]");
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  list(input);
}

function list(input) {
  let said = input.parentElement.querySelector("output");
  if (!said) {
    said = document.createElement("output");
    said.className = "help";
    input.after(said);
  }
  said.textContent = [...input.files].map((file) => file.name).join(", ");
}

// A pasted picture is always called image.png; the time tells two of them apart.
function named(file) {
  const at = new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-");
  return file.name === "image.png" ? new File([file], `screenshot-${at}.png`, { type: file.type }) : file;
}

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-files]");
  const files = [...(event.clipboardData?.files ?? [])];
  if (!form || !files.length) return;
  event.preventDefault();
  join(form, files.map(named));
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-files]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    if (kind !== "dragleave") event.preventDefault();
    form.classList.toggle("over-it", kind === "dragover");
    if (kind === "drop") join(form, event.dataTransfer.files);
  });
}
document.addEventListener("change", ({ target }) => {
  if (target.matches("form[data-files] input[type=file]")) list(target);
});
