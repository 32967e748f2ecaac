// Theme and density, remembered in this browser. Loaded before the page is drawn, so that nothing flashes; the
// choices in the user menu are bound once the page stands.
(() => {
  const KEYS = ["theme", "density"];
  const read = (key) => { try { return localStorage.getItem(key) || ""; } catch { return ""; } };
  const write = (key, value) => { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* not kept */ } };
  const apply = (key, value) => {
    if (value) document.documentElement.dataset[key] = value;
    else delete document.documentElement.dataset[key];
  };
  const show = () => KEYS.forEach((key) => {
    apply(key, read(key));
    document.querySelectorAll(`[data-preference="${key}"] input`).forEach((input) => { input.checked = input.value === read(key); });
  });

  show();
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-needs-script]").forEach((element) => { element.hidden = false; });
    show();
    document.addEventListener("change", (event) => {
      const key = event.target.closest?.("[data-preference]")?.dataset.preference;
      if (!key) return;
      write(key, event.target.value);
      apply(key, event.target.value);
    });
  });
  window.addEventListener("storage", show); // another tab chose differently
})();
