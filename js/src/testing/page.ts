/** A page without a browser, for tests of what is drawn as elements: happy-dom's. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Window } from "happy-dom";

const NAMES = [
  "document",
  "Node",
  "Element",
  "HTMLElement",
  "Document",
  "ShadowRoot",
  "Event",
  "KeyboardEvent",
  "MouseEvent",
  "FocusEvent",
  "CSSStyleSheet",
  "MutationObserver",
  "ResizeObserver",
  "IntersectionObserver",
  "getComputedStyle",
  "matchMedia",
  "requestAnimationFrame",
  "cancelAnimationFrame",
  "window",
] as const;

/** A page whose names are global until `close`, and which counts the listeners that are left. */
export interface Page {
  readonly window: Window;
  /** Listeners on anything, and observers, that were begun and not ended. */
  left(): number;
  close(): Promise<void>;
}

export async function openPage(): Promise<Page> {
  // Loaded when it is run, since bundling it into each test would take seconds.
  const require = createRequire(join(process.cwd(), "package.json"));
  const { Window } = (await import(pathToFileURL(require.resolve("happy-dom")).href)) as {
    Window: new (options: object) => Window;
  };
  const window = new Window({ url: "http://localhost/" });
  const names = window as unknown as Record<string, unknown>;
  const global = globalThis as unknown as Record<string, unknown>;
  for (const name of NAMES) {
    const value = names[name];
    global[name] = isFunction(value) ? value.bind(window) : value;
    if (/^[A-Z]/.test(name)) global[name] = value;
  }
  giveCanvas(names["HTMLCanvasElement"] as { prototype: { getContext(): unknown } });
  const counts = countBegun(window, global);
  return {
    window,
    left: () => counts.begun,
    async close() {
      counts.restore();
      for (const name of NAMES) delete global[name];
      await window.happyDOM.close();
    },
  };
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === "function";
}

interface Counts {
  readonly begun: number;
  restore(): void;
}

interface Target {
  addEventListener(...args: unknown[]): void;
  removeEventListener(...args: unknown[]): void;
}

/** Count what is added to event targets and taken away, and observers in the same way. */
function countBegun(window: Window, global: Record<string, unknown>): Counts {
  let begun = 0;
  const target = homeOf(window.document, "addEventListener") as Target;
  const { addEventListener, removeEventListener } = target;
  target.addEventListener = function (this: Target, ...args: unknown[]) {
    begun += 1;
    addEventListener.apply(this, args);
  };
  target.removeEventListener = function (this: Target, ...args: unknown[]) {
    begun -= 1;
    removeEventListener.apply(this, args);
  };
  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    const Observer = global[name] as new (...args: unknown[]) => { disconnect(): void };
    global[name] = class extends Observer {
      constructor(...args: unknown[]) {
        super(...args);
        begun += 1;
      }
      override disconnect(): void {
        begun -= 1;
        super.disconnect();
      }
    };
  }
  return {
    get begun() {
      return begun;
    },
    restore() {
      Object.assign(target, { addEventListener, removeEventListener });
    },
  };
}

/** A pen that leaves no trace: happy-dom has no canvas, and what is on it is looked at in a browser. */
function giveCanvas(canvas: { prototype: { getContext(): unknown } }): void {
  const values: Record<string | symbol, unknown> = {};
  const pen = new Proxy(values, {
    get: (_, name) => values[name] ?? ((text: unknown) => ({ width: 7 * String(text).length })),
  });
  canvas.prototype.getContext = () => pen;
}

/** The prototype that holds a method. */
function homeOf(value: object, method: string): object {
  let home: object = value;
  while (!Object.hasOwn(home, method)) home = Object.getPrototypeOf(home) as object;
  return home;
}
