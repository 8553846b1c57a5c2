// What is wider than its place can be reached, and then scrolled, by keyboard.
const watching = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll("pre, .table-wrapper, .diagram").forEach((each) => watching.observe(each));
