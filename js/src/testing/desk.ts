/** A dashboard's server without a network, and views that a test brings into sight. */

import type { Server } from "../server.ts";
import { createWires, type Wires } from "./wires.ts";

export interface Desk {
  readonly server: Server;
  readonly wires: Wires;
  /** The paths of the websockets that were opened. */
  readonly paths: readonly string[];
  readonly removed: readonly string[];
  /** What the server says when it is asked why nothing comes. */
  refusal: string | null;
  /** All that is watched comes into the window, or goes out of it. */
  show(isSeen: boolean): void;
}

type Report = (found: { isIntersecting: boolean; target: Element }[]) => void;

export function createDesk(): Desk {
  const wires = createWires();
  const paths: string[] = [];
  const removed: string[] = [];
  const watched = new Map<Element, Report>();
  watchWith(watched);
  const desk: Desk = {
    wires,
    paths,
    removed,
    refusal: null,
    server: {
      open(path) {
        paths.push(path);
        return wires.open();
      },
      async remove(journal) {
        removed.push(journal);
      },
      refusal: async () => desk.refusal,
    },
    show(isIntersecting) {
      for (const [target, report] of watched) report([{ isIntersecting, target }]);
    },
  };
  return desk;
}

/** The browser's part: a test says which views are in the window. */
function watchWith(watched: Map<Element, Report>): void {
  class Observer {
    private readonly report: Report;
    private readonly views: Element[] = [];
    constructor(report: Report) {
      this.report = report;
    }
    observe(view: Element): void {
      this.views.push(view);
      watched.set(view, this.report);
    }
    disconnect(): void {
      for (const view of this.views) watched.delete(view);
    }
  }
  (globalThis as unknown as Record<string, unknown>)["IntersectionObserver"] = Observer;
}
