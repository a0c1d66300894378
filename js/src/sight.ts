/** Whether people can see a view: it is in the window, and the page is in front. */

import { createScope } from "./dom.ts";

/** ms that a view may be out of sight before that counts, so that scrolling past costs nothing. */
export const GRACE = 2_000;

/** The views of one model: tells when the first comes into sight, and when none is any longer. */
export interface Sight {
  /** Watch a view; returns the stop. */
  watch(view: Element): () => void;
  destroy(): void;
}

export function createSight(tell: (seen: boolean) => void): Sight {
  const inWindow = new Set<Element>();
  const observers = new Set<IntersectionObserver>();
  const scope = createScope();
  let seen = false;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const settle = (now: boolean): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (seen === now) return;
    seen = now;
    tell(now);
  };
  const look = (): void => {
    if (inWindow.size > 0 && !document.hidden) settle(true);
    else if (seen && timer === null) timer = setTimeout(settle, GRACE, false);
  };
  scope.listen(document, "visibilitychange", look);
  scope.listen(window, "pagehide", () => settle(false)); // no timer would run any more
  scope.listen(window, "pageshow", look);
  return {
    watch(view) {
      const observer = new IntersectionObserver((found) => {
        for (const each of found) {
          if (each.isIntersecting) inWindow.add(view);
          else inWindow.delete(view);
        }
        look();
      });
      observer.observe(view);
      observers.add(observer);
      return () => {
        observer.disconnect();
        observers.delete(observer);
        inWindow.delete(view);
        look();
      };
    },
    destroy() {
      for (const observer of observers) observer.disconnect();
      scope.destroy();
      settle(false);
    },
  };
}
