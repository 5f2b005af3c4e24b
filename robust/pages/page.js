"use strict";
(() => {
  const html = document.documentElement, all = (q, root) => [...(root || document).querySelectorAll(q)];
  const json = id => JSON.parse(document.getElementById(id).textContent);
  const TEXTS = json("texts"), PAGE = 25, FEW = 20;
  const redraw = [];
  let lang = html.lang;
  html.classList.add("js");

  const keep = { get(k) { try { return localStorage.getItem("robust." + k); } catch { return null; } },
                 set(k, v) { try { localStorage.setItem("robust." + k, v); } catch { /* not allowed here */ } } };
  const t = key => TEXTS[lang][key] ?? key;
  const comma = s => lang === "es" ? s.replace(".", ",") : s;
  const write = (v, kind) => v === null || v === undefined || v === "" ? "–"
    : comma(kind === "share" ? (100 * v).toFixed(1) + "\u00a0%" : kind === "bare" ? (100 * v).toFixed(1) : kind === "one" ? Number(v).toFixed(1) : Number(v).toFixed(0));
  const make = (tag, attrs, ...inside) => {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attrs || {})) {
      if (k.startsWith("on")) e.addEventListener(k.slice(2), v); else if (v !== false && v !== null) e.setAttribute(k, v === true ? "" : v);
    }
    e.append(...inside.filter(x => x !== null));
    return e;
  };
  const said = key => make("span", { "data-t": key }, t(key));
  const say = text => { document.getElementById("live").textContent = text; };

  // ---------------------------------------------------------------- language and theme
  function setLanguage(to) {
    lang = html.lang = to;
    for (const e of all("[data-t]")) e.textContent = t(e.dataset.t);
    for (const e of all("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label));
    for (const e of all("[data-n]")) e.textContent = write(e.dataset.n, e.dataset.f);
    const other = document.getElementById("lang");
    other.textContent = to === "en" ? "Español" : "English";
    other.lang = to === "en" ? "es" : "en";
    redraw.forEach(f => f());
  }
  document.getElementById("lang").addEventListener("click", () => {
    setLanguage(lang === "en" ? "es" : "en");
    keep.set("lang", lang);
  });
  const dark = () => html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.getElementById("theme").addEventListener("click", () => {
    html.dataset.theme = dark() ? "light" : "dark";
    keep.set("theme", html.dataset.theme);
  });
  if (["light", "dark"].includes(keep.get("theme"))) html.dataset.theme = keep.get("theme");

  // ---------------------------------------------------------------- cells
  const keyed = (v, c) => String(v).split(" ").map(x => t(c.prefix + x)).join(", ");
  const own = v => v[lang === "es" ? 1 : 0];
  const shown = (v, c) => v === null ? "–" : c.kind === "key" ? keyed(v, c) : c.kind === "link" ? v[0] : c.kind === "said" ? own(v)
    : c.kind === "estimate" ? (v[0] === null ? "–" : write(v[0], c.unit)) : c.kind === "text" ? String(v) : write(v, c.kind);
  const order = (v, c) => v === null ? null : c.kind === "estimate" ? v[0] : c.kind === "link" ? v[0] : c.kind === "key" ? keyed(v, c) : c.kind === "said" ? own(v) : v;
  function put(td, v, c) {
    if (c.kind === "link" && v !== null) td.append(make("a", { href: v[1] }, v[0]));
    else td.append(shown(v, c));
    if (c.kind === "estimate" && v !== null && v[0] !== null) {
      const bare = x => write(x, c.unit).replace("\u00a0%", "");
      td.append(" ", make("span", { class: "ci" }, "[" + bare(v[1]) + "; " + bare(v[2]) + "]"));
    }
  }
  // a spreadsheet would run a text that begins like a formula
  const quoted = v => { let s = v === null || v === undefined ? "" : String(v);
    if (typeof v === "string" && /^[=+\-@\t\r]/.test(s)) s = "'" + s;
    return /[",\r\n]/.test(s) ? '"' + s.replaceAll('"', '""') + '"' : s; };
  function csv(columns, rows) {
    const parts = c => c.kind === "estimate" ? ["", "_low", "_high", "_k", "_n"].map(end => c.name + end) : [c.name];
    const values = (v, c) => c.kind === "estimate" ? (v || Array(5).fill(null)) : [c.kind === "link" && v ? v[0] : c.kind === "said" && v ? own(v) : v];
    return [columns.flatMap(parts), ...rows.map(r => columns.flatMap((c, i) => values(r[i], c)))]
      .map(line => line.map(quoted).join(",")).join("\r\n") + "\r\n";
  }
  function download(name, content) {
    return make("a", { class: "grow", href: "#", download: name + ".csv", "data-t": "t.csv",
      onclick: e => { e.currentTarget.href = "data:text/csv;charset=utf-8," + encodeURIComponent(content()); } }, t("t.csv"));
  }

  // ---------------------------------------------------------------- filters and pages, shared by tables and examples
  function listing(box, name, { rows, columns, size, draw, compare }) {
    const state = { words: "", picked: {}, page: 0 }, controls = box.querySelector(".controls"), pages = box.querySelector(".pages");
    const plain = new Array(rows.length);
    const haystack = i => plain[i] ??= columns.map((c, j) => shown(rows[i][j], c)).join("\n").toLowerCase();
    let found = [];
    const find = make("input", { type: "search", oninput: e => { state.words = e.target.value.toLowerCase(); state.page = 0; refresh(); } });
    if (rows.length > 5) controls.append(make("label", {}, said("t.filter"), find));
    const menus = columns.map((c, j) => c.choose ? [c, j] : null).filter(Boolean).map(([c, j]) => {
      const menu = make("select", { onchange: e => { state.picked[j] = e.target.value; state.page = 0; refresh(); } });
      const values = [...new Set(rows.map(r => r[j] === null ? null : c.kind === "link" ? r[j][0] : String(r[j])))].filter(v => v !== null).sort();
      if (values.length < 2) return null;
      const fill = () => { const at = menu.value; menu.replaceChildren(make("option", { value: "" }, t("t.any")),
        ...values.map(v => make("option", { value: v }, c.kind === "key" ? keyed(v, c) : v))); menu.value = at; };
      fill();
      controls.append(make("label", {}, said(c.t), menu));
      return fill;
    }).filter(Boolean);
    controls.append(download(name, () => csv(columns, found.map(i => rows[i]))));
    const back = make("button", { type: "button", "data-t": "t.previous", onclick: () => { state.page--; show(); } }, t("t.previous"));
    const next = make("button", { type: "button", "data-t": "t.next", onclick: () => { state.page++; show(); } }, t("t.next"));
    const where = make("span", {});
    pages.append(back, where, next);
    function refresh() {
      const picked = Object.entries(state.picked).filter(([, v]) => v !== "");
      found = [];
      for (let i = 0; i < rows.length; i++) {
        const fits = picked.every(([j, v]) => String(columns[j].kind === "link" ? rows[i][j]?.[0] : rows[i][j]) === v);
        if (fits && (state.words === "" || haystack(i).includes(state.words))) found.push(i);
      }
      if (compare) compare(found);
      show();
      say(found.length + " " + t("t.rows"));
    }
    function show() {
      const last = Math.max(0, Math.ceil(found.length / size) - 1);
      state.page = Math.min(Math.max(0, state.page), last);
      const from = state.page * size, some = found.slice(from, from + size);
      draw(some.map(i => rows[i]));
      where.textContent = found.length ? (from + 1) + "–" + (from + some.length) + " " + t("t.of") + " " + found.length : t("t.none");
      back.disabled = state.page === 0;
      next.disabled = state.page === last;
      back.hidden = next.hidden = last === 0;
      where.hidden = rows.length <= FEW && found.length === rows.length;
    }
    redraw.push(() => { plain.fill(undefined); menus.forEach(f => f()); refresh(); });
    return { refresh, first: () => { state.page = 0; } };
  }

  for (const box of all("[data-table]")) {
    const name = box.dataset.table, { columns, rows, sort } = json("data-" + name), body = box.querySelector("tbody"), heads = all("th", box);
    let by = columns.findIndex(c => c.name === sort.replace("-", "")), down = sort.startsWith("-");
    const compare = found => {
      if (by < 0) return;
      const c = columns[by], collate = new Intl.Collator(lang).compare, keys = new Map(found.map(i => [i, order(rows[i][by], c)]));
      found.sort((i, j) => { const a = keys.get(i), b = keys.get(j);
        if (a === null || b === null) return a === b ? i - j : a === null ? 1 : -1;
        const way = typeof a === "number" ? a - b : collate(a, b);
        return (down ? -way : way) || i - j; });
    };
    const draw = some => body.replaceChildren(...some.map(r => { const tr = make("tr", {});
      r.forEach((v, j) => { const td = make("td", heads[j].className ? { class: heads[j].className } : {}); put(td, v, columns[j]); tr.append(td); });
      return tr; }));
    const list = listing(box, name, { rows, columns, size: PAGE, draw, compare });
    const mark = () => heads.forEach((th, j) => j === by ? th.setAttribute("aria-sort", down ? "descending" : "ascending") : th.removeAttribute("aria-sort"));
    heads.forEach((th, j) => { const button = make("button", { type: "button", onclick: () => {
      const numeric = th.classList.contains("n");
      if (by === j) down = !down; else { by = j; down = numeric; }
      mark(); list.first(); list.refresh(); } }, ...th.childNodes); th.replaceChildren(button); });
    mark();
    list.refresh();
  }

  // ---------------------------------------------------------------- examples: before and after
  for (const box of all("[data-pairs]")) {
    const name = box.dataset.pairs, { labels, rows } = json("data-" + name), target = box.querySelector("ol");
    const columns = [
      { name: "attack", t: "c.attack", kind: "text", choose: true }, { name: "id", t: "f.id", kind: "text" },
      { name: "status", t: "x.status", kind: "key", prefix: "status.", choose: true },
      ...["label", "clean", "clean_probability", "adversarial_answer", "adversarial_probability"].map(n => ({ name: n, kind: "text" })),
      { name: "original", kind: "text" }, { name: "adversarial", kind: "text" },
      { name: "queries", kind: "text" }, { name: "words_changed", kind: "text" }, { name: "words", kind: "text" }];
    const flat = rows.map(r => r.map((v, j) => (j === 8 || j === 9) && v ? v.join("") : (j === 3 || j === 4 || j === 6) && v !== null && labels[v] !== undefined ? labels[v] : v));
    const deep = new Map(flat.map((f, i) => [f, rows[i]]));
    const voice = (key, label, chance, pieces, tag) => make("div", { class: "say" },
      make("div", { class: "who" }, said(key), " ", make("b", {}, label ?? ""), chance === null ? null : " " + write(chance, "share"),
        chance === null ? null : (() => { const i = make("i", {}); i.style.width = 100 * chance + "%"; return make("span", { class: "meter", "aria-hidden": "true" }, i); })()),
      make("div", { class: "what" }, ...pieces.map((p, i) => i % 2 ? make(tag, {}, p) : p)));
    const card = f => { const r = deep.get(f);
      return make("li", {}, make("div", { class: "top" }, make("span", {}, r[1]), make("span", {}, r[0]), said("status." + r[2]),
        r[3] === null ? null : make("span", {}, said("x.gold"), ": " + f[3]), make("span", {}, r[10] + " ", said("x.queries")),
        r[9] ? make("span", {}, r[11] + "/" + r[12] + " ", said("x.words")) : null),
        voice("x.before", f[4], r[5], r[8], "del"), r[9] ? voice("x.after", f[6], r[7], r[9], "ins") : null); };
    listing(box, name, { rows: flat, columns, size: FEW, draw: some => target.replaceChildren(...some.map(card)) }).refresh();
  }

  // ---------------------------------------------------------------- two entries on the same texts
  for (const box of all("[data-compare]")) {
    const { entries } = json("data-" + box.dataset.compare), out = box.querySelector("output");
    const bar = make("div", { class: "split", "aria-hidden": "true" });
    out.before(bar);
    const menus = ["t.first", "t.second"].map(key => { const menu = make("select", {}, ...entries.map((e, i) => make("option", { value: i }, e.name)));
      bar.before(make("label", {}, said(key), menu)); menu.addEventListener("change", show); return menu; });
    if (entries.length > 1) { const other = entries.findIndex((e, i) => i > 0 && e.texts === entries[0].texts); menus[1].value = other > 0 ? other : 1; }
    const logs = [0];
    const choose = (n, k) => { while (logs.length <= n) logs.push(logs[logs.length - 1] + Math.log(logs.length)); return logs[n] - logs[k] - logs[n - k]; };
    function mcnemar(a, b) { const n = a + b; if (!n) return 1; let p = 0;
      for (let k = 0; k <= Math.min(a, b); k++) p += Math.exp(choose(n, k) - n * Math.LN2); return Math.min(1, 2 * p); }
    function show() {
      const [a, b] = menus.map(m => entries[m.value]), n = { "11": 0, "10": 0, "01": 0, "00": 0 };
      bar.hidden = a.texts !== b.texts;
      if (bar.hidden) { out.textContent = t("t.other_texts"); return; }
      for (let i = 0; i < a.stands.length; i++) n[a.stands[i] + b.stands[i]]++;
      const p = mcnemar(n["10"], n["01"]), better = p >= 0.05 ? "t.tie" : n["10"] > n["01"] ? "t.first_better" : "t.second_better";
      const kinds = [["11", "high", "t.both"], ["10", "s0", "t.first_only"], ["01", "s1", "t.second_only"], ["00", "low", "t.neither"]];
      const coloured = (colour, css) => { const e = make("i", {}); e.style.cssText = "--part:var(--" + colour + ");" + css; return e; };
      bar.replaceChildren(...kinds.filter(([k]) => n[k]).map(([k, colour]) => coloured(colour, "flex:" + n[k] + " 0 0")));
      out.replaceChildren(...kinds.flatMap(([k, colour, key]) => [coloured(colour, ""), " " + n[k] + " " + t(key) + " · "]),
        "p = " + comma(p.toPrecision(2)) + ": " + t(better));
    }
    redraw.push(show);
    show();
  }
  if (TEXTS[keep.get("lang")] && keep.get("lang") !== lang) setLanguage(keep.get("lang"));
})();
