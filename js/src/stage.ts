/** The elements that the graph lives in: canvas, tools, title and voice. */

import type { Point, Size } from "./camera.ts";
import { element, type Scope, setText } from "./dom.ts";

const HELP =
  "Left and right follow the dependencies, up and down the boxes, Home and End go to the first " +
  "and the last one. Enter inspects, Space expands or collapses a group. " +
  "Plus, minus and 0 zoom, Escape lets go.";

export interface Stage {
  readonly canvas: HTMLCanvasElement;
  /** Null in a browser that gives none: the outline tells the same. */
  readonly pen: CanvasRenderingContext2D | null;
  /** How large the canvas is on the page, in CSS pixels; both 0 while it is not there. */
  size(): Size;
  /** Give the canvas a pixel for each pixel of the screen; returns how many there are in a CSS one. */
  sharpen(): number;
  /** Whether keys go to the canvas, and the ring around it is to be seen. */
  hasFocus(): boolean;
  /** Show this beside the pointer; null hides it. */
  title(text: string | null, at: Point): void;
  /** Have this read out. */
  say(text: string): void;
}

/** What the buttons do. */
export interface Tools {
  zoom(nearer: boolean): void;
  fit(): void;
}

export function createStage(host: HTMLElement, scope: Scope, tools: Tools): Stage {
  const root = element("div", { class: "fl-graph" });
  const canvas = element("canvas", {
    tabindex: 0,
    role: "application",
    "aria-label": "Graph of the tasks",
    "aria-roledescription": "graph",
    "aria-description": HELP,
  });
  const title = element("div", { class: "fl-title", "aria-hidden": "true", hidden: true });
  const voice = element("div", { "aria-live": "polite", class: "fl-voice" });
  root.append(canvas, createTools(scope, tools), title, voice);
  host.appendChild(root);
  scope.add(() => root.remove());
  place(root, canvas, title, voice);
  const pen = canvas.getContext("2d");
  let isByHand = false;
  scope.listen(canvas, "pointerdown", () => {
    isByHand = true; // the pointer shows where it is; a ring would only be in the way
  });
  scope.listen(canvas, "keydown", () => {
    isByHand = false;
  });
  scope.listen(canvas, "blur", () => {
    isByHand = false;
  });
  if (pen === null) root.append("This browser does not draw; the outline tells the same.");
  return {
    canvas,
    pen,
    size: () => ({ width: canvas.clientWidth, height: canvas.clientHeight }),
    sharpen: () => sharpen(canvas),
    hasFocus: () => canvas.matches(":focus") && !isByHand,
    title: (text, at) => showTitle(title, canvas, text, at),
    say: (text) => setText(voice, text),
  };
}

function createTools(scope: Scope, tools: Tools): HTMLElement {
  const button = (label: string, sign: string, act: () => void): HTMLElement => {
    const made = element("button", { type: "button", "aria-label": label, title: label }, sign);
    Object.assign(made.style, { minWidth: "28px", minHeight: "26px", padding: "0 6px" });
    scope.listen(made, "click", act);
    return made;
  };
  const bar = element(
    "div",
    { class: "fl-tools", role: "group", "aria-label": "Zoom" },
    button("Zoom out", "−", () => tools.zoom(false)),
    button("Zoom in", "+", () => tools.zoom(true)),
    button("Fit the whole graph", "Fit", () => tools.fit()),
  );
  Object.assign(bar.style, {
    position: "absolute",
    insetBlockEnd: "8px",
    insetInlineEnd: "8px",
    display: "flex",
    gap: "4px",
  });
  return bar;
}

function place(
  root: HTMLElement,
  canvas: HTMLElement,
  title: HTMLElement,
  voice: HTMLElement,
): void {
  Object.assign(root.style, { position: "relative", overflow: "hidden", blockSize: "100%" });
  Object.assign(canvas.style, {
    position: "absolute",
    inset: "0",
    inlineSize: "100%",
    blockSize: "100%",
    display: "block",
    touchAction: "none",
    outline: "none", // the ring is drawn, within the canvas
  });
  Object.assign(title.style, {
    position: "absolute",
    pointerEvents: "none",
    whiteSpace: "pre-line",
    overflowWrap: "anywhere",
    maxInlineSize: "min(360px, 80%)",
    padding: "4px 8px",
    borderRadius: "4px",
    background: "var(--fl-ink, #1a1a1a)",
    color: "var(--fl-paper, #ffffff)",
    fontSize: "12px",
    lineHeight: "1.4",
  });
  Object.assign(voice.style, {
    position: "absolute",
    inlineSize: "1px",
    blockSize: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  });
}

function sharpen(canvas: HTMLCanvasElement): number {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  // Setting a size empties the canvas, even when it is the same one.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return ratio;
}

function showTitle(title: HTMLElement, canvas: HTMLElement, text: string | null, at: Point): void {
  title.hidden = text === null;
  if (text === null) return;
  setText(title, text);
  const left = Math.min(at.x + 14, canvas.clientWidth - title.offsetWidth - 4);
  const over = at.y + 18 + title.offsetHeight > canvas.clientHeight;
  const top = over ? at.y - title.offsetHeight - 10 : at.y + 18;
  title.style.left = `${Math.max(4, left)}px`;
  title.style.top = `${Math.max(4, top)}px`;
}
