// Offers the browser's time zone where another one is chosen.
const select = document.querySelector("[data-time-zone]");
const hint = document.querySelector("[data-time-zone-hint]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const offered = select && hint && [...select.options].some((option) => option.value === zone);

if (offered && select.value !== zone) {
  hint.querySelector("[data-zone]").textContent = zone;
  hint.hidden = false;
  hint.querySelector("[data-take]").addEventListener("click", () => {
    select.value = zone;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    hint.hidden = true;
    select.focus();
  });
}
