/** The colours and the font of the drawing, read from the style of the element it stands in. */

import type { State } from "./picture.ts";

export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly focus: string;
  readonly grey: string;
  readonly running: string;
  readonly finished: string;
  readonly failed: string;
  readonly font: string; // families alone
}

// As flowlab/view/glyphs.py has them on light paper.
const LIGHT: Readonly<Record<Exclude<keyof Palette, "font">, string>> = {
  paper: "#ffffff",
  ink: "#1a1a1a",
  soft: "#555555",
  line: "#8c8c8c",
  focus: "#0b57d0",
  grey: "#767676",
  running: "#0072b2",
  finished: "#009e73",
  failed: "#d55e00",
};

export const FILLED: ReadonlySet<State> = new Set(["running", "finished", "cached", "failed"]);
export const HATCHED: ReadonlySet<State> = new Set(["skipped", "cancelled"]);

export function colourOf(palette: Palette, state: State): string {
  switch (state) {
    case "running":
    case "failed":
    case "finished":
      return palette[state];
    case "cached":
      return palette.finished;
    default:
      return palette.grey;
  }
}

/**
 * The colours by the `--fl-…` properties of the host, which must stand on the page: detached
 * elements have no style. A canvas knows no properties, so an element tells what they come to.
 */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.style.display = "none";
  probe.style.setProperty("forced-color-adjust", "none");
  host.appendChild(probe);
  const style = getComputedStyle(probe);
  const read = (name: keyof typeof LIGHT): string => {
    probe.style.color = `var(--fl-${name}, ${LIGHT[name]})`;
    return style.color || LIGHT[name];
  };
  const palette: Palette = {
    paper: read("paper"),
    ink: read("ink"),
    soft: read("soft"),
    line: read("line"),
    focus: read("focus"),
    grey: read("grey"),
    running: read("running"),
    finished: read("finished"),
    failed: read("failed"),
    font: style.fontFamily || "system-ui, sans-serif",
  };
  probe.remove();
  return palette;
}
