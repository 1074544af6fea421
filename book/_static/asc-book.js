// Repairs to what the theme and docutils write, for those who read with a screen reader.
document.addEventListener("DOMContentLoaded", () => {
  // The arrows in the table of contents have no name.
  document.querySelectorAll("nav details > summary").forEach((summary) => {
    if (summary.textContent.trim()) return;
    const link = summary.closest("li")?.querySelector("a");
    summary.setAttribute("aria-label", `Pages below ${link ? link.textContent.trim() : "this"}`);
  });
  // What scrolls by itself must be reachable by keyboard.
  const scrollers = document.querySelectorAll(".asc-drawing, .asc-figure, mjx-container[display]");
  const reach = () => scrollers.forEach((e) => {
    if (e.scrollWidth > e.clientWidth) e.tabIndex = 0;
    else e.removeAttribute("tabindex");
  });
  window.addEventListener("resize", reach);
  window.addEventListener("load", reach);
  // The roles in a bibliography are deprecated, or promise children that are not there.
  document.querySelectorAll(".citation-list, .citation").forEach((e) => e.removeAttribute("role"));
});
