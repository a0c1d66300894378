/** Small helpers to build elements from text alone, and scopes that undo what was begun. */

export type Child = Node | string | null;

export interface Attributes {
  readonly [name: string]: string | number | boolean | null | undefined;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element; `true` gives an empty attribute, `false`, null and undefined give none. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  fill(made, ...children);
  return made;
}

/** An element of a drawing. */
export function drawing(tag: string, attributes: Attributes, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  setAttributes(made, attributes);
  for (const child of children) made.appendChild(child);
  return made;
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const wanted = value === null || value === undefined || value === false ? null : told(value);
    if (target.getAttribute(name) === wanted) continue; // setting costs a new style
    if (wanted === null) target.removeAttribute(name);
    else target.setAttribute(name, wanted);
  }
}

function told(value: string | number | true): string {
  return value === true ? "" : String(value);
}

/** Put these in the place of what the element holds; text stays text. */
export function fill(target: Element, ...children: readonly Child[]): void {
  target.replaceChildren(...children.filter((child): child is Node | string => child !== null));
}

/** Set the text, and touch nothing when it stands there already (no needless layout or speech). */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** What lives as long as one view: ending it takes away every listener, observer and timer. */
export interface Scope {
  readonly ended: boolean;
  listen<E extends Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    options?: AddEventListenerOptions,
  ): void;
  /** Run this at the end. */
  add(undo: () => void): void;
  /** Call back when the element is put on the page and whenever its size changes. */
  watchSize(target: Element, callback: () => void): void;
  destroy(): void;
}

export function createScope(): Scope {
  const undos: (() => void)[] = [];
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    listen(target, type, listener, options) {
      target.addEventListener(type, listener as EventListener, options);
      undos.push(() => target.removeEventListener(type, listener as EventListener, options));
    },
    add(undo) {
      undos.push(undo);
    },
    watchSize(target, callback) {
      if (typeof ResizeObserver === "undefined") return;
      const observer = new ResizeObserver(() => callback());
      observer.observe(target);
      undos.push(() => observer.disconnect());
    },
    destroy() {
      ended = true;
      for (const undo of undos.splice(0).reverse()) undo();
    },
  };
}

/** Whether a media query holds. */
export function matches(query: string): boolean {
  return typeof matchMedia === "function" && matchMedia(query).matches;
}

/** How long to wait between two drawings, in ms: 10 a second, 2 for who wants less motion. */
export function pace(): number {
  return matches("(prefers-reduced-motion: reduce)") ? 500 : 100;
}

/** Gives a wish to draw: drawings come at most as often as `wait` says, and the last wish counts. */
export function createPacer(scope: Scope, draw: () => void, wait: () => number = pace): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    timer = null;
    last = performance.now();
    draw();
  };
  scope.add(() => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  });
  return () => {
    if (timer !== null || scope.ended) return;
    timer = setTimeout(run, Math.max(0, last + wait() - performance.now()));
  };
}

export interface Delay {
  wish(): void;
  /** Act at once, and forget the wishes. */
  settle(): void;
}

/** Acts when no wish has come for `wait` ms. */
export function createDelay(scope: Scope, act: () => void, wait: number): Delay {
  let timer: ReturnType<typeof setTimeout> | undefined;
  scope.add(() => clearTimeout(timer));
  const settle = (): void => {
    clearTimeout(timer);
    act();
  };
  return {
    settle,
    wish() {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    },
  };
}

/** Whether this key press is the panel's own: none that the browser or the page has a chord for. */
export function isPlainKey(event: KeyboardEvent): boolean {
  return !(event.ctrlKey || event.metaKey || event.altKey);
}

/** A key was handled here: neither the page nor the notebook is to act on it. */
export function taken(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
