// <form data-files>: files dropped on the form, or pasted as a screenshot, join those chosen in its file input; each is
// listed and can be left out again. Without this script the input is a plain one.

const inputOf = (form) => form.querySelector("input[type=file]");

function put(input, files) {
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  list(input);
}

export function list(input) {
  let said = input.parentElement.querySelector("ul.chosen");
  if (!said) {
    said = Object.assign(document.createElement("ul"), { className: "chosen" });
    said.setAttribute("aria-live", "polite");
    input.after(said);
  }
  const { leaveOut, limit, tooLarge } = input.form.dataset;
  said.replaceChildren(...[...input.files].map((file, place) => {
    const row = document.createElement("li");
    const size = file.size < 1e6 ? `${Math.max(1, Math.round(file.size / 1024))} kB` : `${(file.size / 1048576).toFixed(1)} MB`;
    row.append(`${file.name} · ${size} `);
    if (file.size > Number(limit)) row.append(Object.assign(document.createElement("b"), { className: "late", textContent: tooLarge }));
    const button = Object.assign(document.createElement("button"), { type: "button", className: "handle", textContent: leaveOut });
    button.setAttribute("aria-label", [leaveOut, file.name].join(": "));
    button.addEventListener("click", () => {
      put(input, [...input.files].filter((_other, at) => at !== place));
      input.focus();
    });
    row.append(button);
    return row;
  }));
}

// A pasted picture is always called image.png; the time tells two of them apart.
function named(file) {
  const at = new Date().toISOString().slice(0, 23).replace(/[T:.]/g, "-");
  return file.name === "image.png" ? new File([file], `screenshot-${at}.png`, { type: file.type }) : file;
}

const join = (form, files) => put(inputOf(form), [...inputOf(form).files, ...files]);

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-files]");
  const files = [...(event.clipboardData?.files ?? [])];
  // Words copied from an office program come with a picture of themselves: the words are meant.
  if (!form || !files.length || event.clipboardData.types.includes("text/plain")) return;
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
