"use strict";

/* Search, sort and filter for every table of the document.

   The document has all rows. Here each table keeps them in a list, and the page holds only as many
   of those to be shown as were scrolled to; so a table of thousands answers at once. All of them
   are there while it is printed. */
(() => {
  const AT_ONCE = 100; // rows that join when the end of the shown ones comes near
  const FEW = 10; // rows that need neither search nor filter
  const MOST_CHOICES = 60; // values that a drop-down offers
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const counted = new Intl.NumberFormat("en");
  const tables = [];

  function made(name, attributes, ...children) {
    const element = document.createElement(name);
    Object.assign(element, attributes);
    element.append(...children);
    return element;
  }

  class Table {
    constructor(box) {
      this.box = box;
      this.scroll = box.querySelector(".scroll");
      this.body = box.querySelector("tbody");
      this.heads = [...box.querySelectorAll("thead th")];
      this.count = box.querySelector(".count");
      this.rows = [...this.body.rows];
      this.found = this.rows; // those that search and filters leave, in their order
      this.texts = null; // of the rows, for the search; made when it is needed
      this.keys = []; // by column, what each row is sorted by; made when it is needed
      this.search = null;
      this.filters = [];
      this.sorted = { head: null, down: false };
      this.empty = this.hideEmptyColumns();
      this.body.replaceChildren();
      this.extend();
      this.addSorting();
      if (this.rows.length > FEW) this.addControls();
      this.tell();
      this.scroll.addEventListener("scroll", () => this.extendIfNear(), { passive: true });
    }

    /* A column in which nothing stands takes room that others need; the titles of such columns. */
    hideEmptyColumns() {
      if (!this.rows.length) return [];
      const empty = this.heads.filter((head) =>
        this.rows.every((row) => row.cells[head.cellIndex].classList.contains("none")),
      );
      for (const head of empty) {
        head.hidden = true;
        for (const row of this.rows) row.cells[head.cellIndex].hidden = true;
      }
      return empty.map((head) => head.textContent);
    }

    extend(rows = AT_ONCE) {
      const at = this.body.rows.length;
      this.body.append(...this.found.slice(at, at + rows));
    }

    extendIfNear() {
      const { scrollTop, clientHeight, scrollHeight } = this.scroll;
      if (scrollTop + 2 * clientHeight > scrollHeight) this.extend();
    }

    /* Which rows there are, from the first on. */
    show() {
      const terms = this.search ? this.search.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
      const chosen = this.filters.filter(({ select }) => select.value !== "");
      if (terms.length) this.texts ??= this.rows.map(textOf);
      this.found = this.rows.filter(
        (row, at) =>
          terms.every((term) => this.texts[at].includes(term)) &&
          chosen.every(({ select, values }) => values[at].includes(select.value)),
      );
      this.order();
      this.body.replaceChildren();
      this.scroll.scrollTop = 0;
      this.extend();
      if (this.clear) this.clear.hidden = !terms.length && !chosen.length;
      this.tell();
    }

    tell() {
      const { one, many } = this.box.dataset;
      const [some, all] = [this.found.length, this.rows.length].map((each) => counted.format(each));
      const noun = this.rows.length === 1 ? one : many;
      const shown = this.found.length === this.rows.length ? all : `${some} of ${all}`;
      const empty = this.empty.length ? `; nothing in ${this.empty.join(", ")}` : "";
      this.count.textContent = `${shown} ${noun}${empty}`;
    }

    order() {
      const { head, down } = this.sorted;
      if (!head) return;
      const at = head.cellIndex;
      this.keys[at] ??= new Map(this.rows.map((row) => [row, key(row.cells[at])]));
      const keys = this.keys[at];
      const sign = down ? -1 : 1;
      this.found.sort((one, other) => compared(keys.get(one), keys.get(other), sign));
    }

    addSorting() {
      for (const head of this.heads) {
        const button = made("button", { type: "button" });
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => this.sortBy(head));
      }
    }

    /* First the way that says most, then the other one, then as the document has it. */
    sortBy(head) {
      const { head: before, down } = this.sorted;
      const first = head.classList.contains("n");
      if (before !== head) this.sorted = { head, down: first };
      else if (down === first) this.sorted = { head, down: !first };
      else this.sorted = { head: null, down: false };
      before?.removeAttribute("aria-sort");
      if (this.sorted.head) {
        head.setAttribute("aria-sort", this.sorted.down ? "descending" : "ascending");
      }
      this.show();
    }

    addControls() {
      this.search = made("input", { type: "search", autocomplete: "off", spellcheck: false });
      this.search.addEventListener("input", () => this.show());
      const controls = made("div", { className: "controls" }, labelled("Search", this.search));
      for (const head of this.heads.filter((each) => "filter" in each.dataset)) {
        const filter = this.filterOf(head);
        if (filter) {
          this.filters.push(filter);
          controls.append(labelled(head.textContent, filter.select));
        }
      }
      this.clear = made("button", { type: "button", hidden: true }, "Clear");
      this.clear.addEventListener("click", () => this.reset());
      this.count.setAttribute("role", "status");
      controls.append(this.clear, this.count);
      this.scroll.before(controls);
    }

    /* A drop-down of the values of a column; none where there are too many, or is only one. */
    filterOf(head) {
      const isList = head.classList.contains("list");
      const values = this.rows.map((row) => {
        const text = row.cells[head.cellIndex].textContent;
        return isList ? text.split(", ") : [text];
      });
      const numbers = new Map();
      for (const value of values.flat()) numbers.set(value, (numbers.get(value) ?? 0) + 1);
      if (numbers.size < 2 || numbers.size > MOST_CHOICES) return null;
      const select = made("select", {}, made("option", { value: "" }, "all"));
      for (const value of [...numbers.keys()].sort(collator.compare)) {
        const text = value.length > 40 ? `${value.slice(0, 40)}…` : value;
        select.append(made("option", { value }, `${text} (${counted.format(numbers.get(value))})`));
      }
      select.addEventListener("change", () => this.show());
      return { select, values };
    }

    reset() {
      if (this.search) this.search.value = "";
      for (const { select } of this.filters) select.value = "";
      this.show();
      this.search?.focus();
    }

    /* Bring a row into sight, though it was not scrolled to or is filtered out. */
    reveal(row) {
      if (!this.found.includes(row)) this.reset();
      this.extend(Math.max(0, this.found.indexOf(row) + AT_ONCE - this.body.rows.length));
      for (const each of document.querySelectorAll("tr.found")) each.classList.remove("found");
      row.classList.add("found");
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "center" });
    }
  }

  function labelled(text, control) {
    return made("label", {}, made("span", {}, text), control);
  }

  /* What is searched in a row. No word of a search goes over the border of cells. */
  function textOf(row) {
    return [...row.cells].map((cell) => cell.textContent.toLowerCase()).join("\n");
  }

  /* What a cell is sorted by: a number, a text, or null where nothing is known. */
  function key(cell) {
    const { order } = cell.dataset;
    if (cell.classList.contains("none") || order === "") return null;
    const number = Number(order);
    return order === undefined || Number.isNaN(number) ? (order ?? cell.textContent) : number;
  }

  function compared(one, other, sign) {
    if (one === null || other === null) return (one === null) - (other === null);
    if (typeof one === "number" && typeof other === "number") return sign * (one - other);
    return sign * collator.compare(one, other);
  }

  function revealTarget(hash) {
    let id = hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      // As it is: no id of ours needs decoding.
    }
    for (const table of id ? tables : []) {
      const row = table.rows.find((each) => each.id === id);
      if (row) table.reveal(row);
    }
  }

  for (const box of document.querySelectorAll(".table")) tables.push(new Table(box));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link) setTimeout(() => revealTarget(link.hash));
  });
  addEventListener("hashchange", () => revealTarget(location.hash));
  revealTarget(location.hash);

  function showAll() {
    for (const table of tables) table.extend(Infinity);
  }
  addEventListener("beforeprint", showAll);
  matchMedia("print").addEventListener("change", (event) => event.matches && showAll());
})();
