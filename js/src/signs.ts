/** The signs of the states among words: the very shapes of the drawing, as small SVG elements. */

import { drawing } from "./dom.ts";
import { drawGlyphs, type Pen } from "./glyphs.ts";
import type { Palette } from "./palette.ts";
import type { State } from "./picture.ts";

const THEME: Palette = {
  paper: "var(--fl-paper)",
  ink: "var(--fl-ink)",
  soft: "var(--fl-soft)",
  line: "var(--fl-line)",
  focus: "var(--fl-focus)",
  grey: "var(--fl-grey)",
  running: "var(--fl-running)",
  finished: "var(--fl-finished)",
  failed: "var(--fl-failed)",
  font: "inherit",
};

const known = new Map<State, SVGElement>();

/** The sign of a state; the word for it stands beside it, so it is not read out. */
export function sign(state: State): SVGElement {
  let drawn = known.get(state);
  if (drawn === undefined) {
    drawn = drawing("svg", { class: "sign", viewBox: "-10 -10 20 20", "aria-hidden": "true" });
    drawGlyphs(penOn(drawn), state, [{ x: 0, y: 0 }], THEME);
    drawn.setAttribute("data-state", state);
    known.set(state, drawn);
  }
  return drawn.cloneNode(true) as SVGElement;
}

/** A pen that leaves each path it fills or strokes as an element. */
function penOn(target: SVGElement): Pen {
  let path = "";
  const pen: Pen = {
    fillStyle: "none",
    strokeStyle: "none",
    lineWidth: 1,
    lineCap: "round",
    lineJoin: "round",
    beginPath() {
      path = "";
    },
    moveTo(x, y) {
      path += `M${x} ${y}`;
    },
    lineTo(x, y) {
      path += `L${x} ${y}`;
    },
    closePath() {
      path += "Z";
    },
    arc(x, y, radius) {
      // Only whole circles are drawn: two halves, from the right end over the left one.
      path += `M${x + radius} ${y}A${radius} ${radius} 0 1 1 ${x - radius} ${y}`;
      path += `A${radius} ${radius} 0 1 1 ${x + radius} ${y}`;
    },
    rect(x, y, width, height) {
      path += `M${x} ${y}h${width}v${height}h${-width}Z`;
    },
    fill() {
      target.appendChild(drawing("path", { d: path, fill: String(pen.fillStyle) }));
    },
    stroke() {
      target.appendChild(
        drawing("path", {
          d: path,
          fill: "none",
          stroke: String(pen.strokeStyle),
          "stroke-width": pen.lineWidth,
          "stroke-linecap": pen.lineCap,
          "stroke-linejoin": pen.lineJoin,
        }),
      );
    },
  };
  return pen;
}
