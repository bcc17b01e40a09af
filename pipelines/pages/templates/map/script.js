// Other classes of incidents, what lies under the pointer, and the zoom to a street. Without it the page shows all incidents.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const ARROWS = { rising: "↗", falling: "↘", steady: "→" };
  const COURSES = { rising: ["上升", "rising"], falling: ["下降", "falling"], steady: ["平稳", "steady"] };
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const chosen = () => new URLSearchParams(location.hash.slice(1));
  const first = all("input[name=class]")[0].value;
  let shown = first;

  const parts = data.parts.map((runs) => {
    const cells = [];
    for (let at = 0; at < runs.length; at += 5)
      for (let step = 0; step < runs[at + 2]; step++)
        cells.push({ row: runs[at], col: runs[at + 1] + step, community: runs[at + 3], zone: runs[at + 4] });
    return { cells, places: new Map(cells.map((cell, index) => [`${cell.col} ${cell.row}`, index])) };
  });

  function make(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function draw(tag, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const both = (zh, en) => [make("span", { class: "zh", lang: "zh-Hans" }, zh), make("span", { class: "en", lang: "en" }, en)];

  function valueOf(part, index) {
    const { codes, values, width } = data.classes[shown];
    let code = 0;
    for (const digit of codes[part].slice(index * width, (index + 1) * width)) code = code * 62 + DIGITS.indexOf(digit);
    return code ? values[code - 1] : null;
  }

  function drawHeat(group) {
    const part = Number(group.dataset.part);
    const bands = new Map();
    let last = null;
    parts[part].cells.forEach((cell, index) => {
      const value = valueOf(part, index);
      if (!value) return;
      const band = value[5];
      const joins = last && last.band === band && last.row === cell.row && last.col + 1 === cell.col;
      const strokes = bands.get(band) || [];
      if (joins) strokes[strokes.length - 1][2]++;
      else strokes.push([cell.col, cell.row, 1]);
      bands.set(band, strokes);
      last = { band, row: cell.row, col: cell.col };
    });
    const paths = [...bands].sort(([one], [other]) => one - other).map(([band, strokes]) =>
      draw("path", { class: `band-${band}`, d: strokes.map(([x, y, length]) => `M${x} ${y}h${length}`).join("") }));
    group.replaceChildren(...paths);
  }

  function rowOf(zone, [number, , , , name, , buildings, , expected, low, high, drift, why]) {
    const [zh, en] = [0, 1].map((language) => why.map((place) => data.sentences[place][language]).join(language ? "; " : "；"));
    const place = make("span", { class: "name", lang: "zh-Hans" }, name);
    if (buildings) place.append(" ", make("span", { class: "soft" }, buildings));
    const amount = make("p", { class: "expected" }, make("b", {}, expected));
    if (ARROWS[drift]) amount.append(" ", make("span", { class: "arrow" }, ARROWS[drift]), make("span", { class: "unseen" }, ...both(...COURSES[drift])));
    amount.append(make("small", {}, `${low}–${high}`));
    return make("li", { id: `row-${zone}-${number}`, tabindex: "-1" },
      make("a", { class: "number", href: `#mark-${zone}-${number}` }, String(number)),
      make("div", { class: "what" }, make("p", { class: "place" }, place), make("p", { class: "why" }, ...both(zh, en))),
      amount);
  }

  function markOf(zone, [number, , col, row, name, , , , expected, low, high], unit) {
    return draw("a", { href: `#row-${zone}-${number}`, id: `mark-${zone}-${number}`, class: "mark", tabindex: "-1" },
      draw("title", {}, `${number} · ${name} · ${expected} (${low}–${high})`),
      draw("rect", { x: col, y: row, width: 1, height: 1, "stroke-width": 2.4 * unit }),
      draw("text", { x: col + 0.5, y: row + 0.5 + 4.5 * unit, "font-size": 12.5 * unit, "stroke-width": 3 * unit }, String(number)));
  }

  const kept = new Map(all("[data-list], .marks").map((place) => [place, [...place.childNodes]]));
  const nothing = () => make("li", { class: "empty" }, ...both("这一类在本街道没有可列的格。", "No cell of this street can be listed for this class."));

  function showLists() {
    for (const list of all("[data-list]")) {
      const zone = list.dataset.list;
      const rows = data.classes[shown].lists[zone] || [];
      const section = list.closest("section");
      if (shown === first) list.replaceChildren(...kept.get(list));
      else list.replaceChildren(...(rows.length ? rows.map((row) => rowOf(zone, row)) : [nothing()]));
      for (const view of all(".window", section)) {
        const marks = view.querySelector(".marks");
        const here = rows.filter((row) => row[1] === Number(view.dataset.patch));
        if (shown === first) marks.replaceChildren(...kept.get(marks));
        else marks.replaceChildren(...here.map((row) => markOf(zone, row, Number(view.dataset.unit))));
      }
    }
  }

  function showClass(key) {
    if (!data.classes[key] || key === shown) return;
    shown = key;
    for (const group of all(".heat")) drawHeat(group);
    showLists();
    const face = all("input[name=class]").find((input) => input.value === key).parentElement.querySelector(".face");
    for (const title of all("[data-class-title]")) title.replaceChildren(...[...face.childNodes].map((node) => node.cloneNode(true)));
    for (const scale of all("[data-scale]")) scale.hidden = scale.dataset.scale !== key;
  }

  function zoom(zone) {
    const picture = document.querySelector(".overview");
    const whole = picture.querySelector(".whole");
    whole.dataset.full ??= whole.getAttribute("viewBox");
    const boxes = all(`.to-street[data-zone="${zone}"] rect`, whole).map((rect) => ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name))));
    let [left, top, width, height] = whole.dataset.full.split(" ").map(Number);
    if (boxes.length) {
      left = Math.min(...boxes.map((box) => box[0])) - 3;
      top = Math.min(...boxes.map((box) => box[1])) - 3;
      width = Math.max(...boxes.map((box) => box[0] + box[2])) + 3 - left;
      height = Math.max(...boxes.map((box) => box[1] + box[3])) + 3 - top;
    }
    whole.setAttribute("viewBox", [left, top, width, height].join(" "));
    const scale = Math.min(Number(whole.getAttribute("width")) / width, Number(whole.getAttribute("height")) / height);
    const names = whole.querySelector(".names");
    names.setAttribute("font-size", 13 / scale);
    names.setAttribute("stroke-width", 3.5 / scale);
    measure(picture, scale);
  }

  function measure(picture, scale) {
    const metres = Number(picture.dataset.metres);
    let longest = 10;
    for (let power = 10; power <= 1e6; power *= 10)
      for (const step of [power, 2 * power, 5 * power]) if ((step * scale) / metres <= 150) longest = step;
    const length = (longest * scale) / metres;
    picture.querySelector(".metre-bar").setAttribute("d", `M0 -5V0H${length}V-5M${length / 2} -3V0`);
    const text = picture.querySelector(".metre-text");
    text.setAttribute("x", length + 7);
    text.textContent = longest < 1000 ? `${longest} m` : `${longest / 1000} km`;
  }

  function show() {
    const choices = chosen();
    const key = choices.get("class") || first;
    for (const input of all("input[name=class]")) input.checked = input.value === shownKey(key);
    for (const input of all("input[name=layer]")) input.checked = input.value === (choices.get("layer") || "cells");
    showClass(shownKey(key));
    showStreet(choices.get("street") || "");
  }

  function showStreet(wanted) {
    const known = document.getElementById(`street-${wanted}`) ? wanted : "";
    for (const select of all("select[name=street]")) select.value = known;
    for (const section of all("[data-street]")) section.classList.toggle("filtered", known !== "" && section.dataset.street !== known);
    zoom(known);
  }

  const shownKey = (key) => (data.classes[key] ? key : first);

  function choose(key, value) {
    const choices = chosen();
    if (value) choices.set(key, value);
    else choices.delete(key);
    history.replaceState(null, "", "#" + choices);
    show();
  }

  function cellUnder(event) {
    const view = event.target.closest?.(".window");
    if (!view) return null;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(view.firstElementChild.getScreenCTM().inverse());
    const part = Number(view.dataset.part);
    const index = parts[part].places.get(`${Math.floor(point.x)} ${Math.floor(point.y)}`);
    return index === undefined ? null : { view, part, index };
  }

  function tell(event) {
    const found = cellUnder(event);
    if (!found) return;
    const readout = found.view.closest("section").querySelector("[data-readout]");
    const cell = parts[found.part].cells[found.index];
    const where = make("b", { class: "name", lang: "zh-Hans" }, data.communities[cell.community] || "–");
    const value = valueOf(found.part, found.index);
    if (!value) return readout.replaceChildren(where, " ", ...both("未知：这里和周围都没有历史。", "unknown: no history here or around."));
    const [past, expected, low, high, drift] = value;
    const course = COURSES[drift] || ["", ""];
    readout.replaceChildren(where, " ", make("b", {}, expected), ...both(
      `（${low}–${high}），过去 ${past} 起${course[0] && "，" + course[0]}`,
      ` (${low}–${high}), ${past} in the past${course[1] && ", " + course[1]}`));
  }

  function point(event) {
    const touched = event.target.closest?.(".cells li[id], .mark");
    const key = touched && touched.id.replace(/^(row|mark)-/, "");
    for (const other of all(".pointed")) other.classList.remove("pointed");
    if (key) for (const kind of ["row", "mark"]) document.getElementById(`${kind}-${key}`)?.classList.add("pointed");
  }

  document.addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (name === "class") choose("class", value === first ? "" : value);
    if (name === "layer") choose("layer", value === "cells" ? "" : value);
    if (name === "street") choose("street", value);
  });
  document.addEventListener("pointermove", tell);
  document.addEventListener("pointerover", point);
  document.addEventListener("focusin", point);
  addEventListener("hashchange", show);
  show();
})();
