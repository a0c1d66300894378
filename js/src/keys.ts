/** What the keys mean on the graph, and where the arrows lead. Pure. */

import type { Scene } from "./scene.ts";

export type Way = "left" | "right" | "up" | "down" | "first" | "last";

export type Wish =
  | { readonly kind: "move"; readonly way: Way }
  | { readonly kind: "pick" }
  /** Expand the group under the cursor, or collapse the one that the task under it is in. */
  | { readonly kind: "toggle" }
  /** Collapse the group around what is under the cursor. */
  | { readonly kind: "collapse" }
  | { readonly kind: "zoom"; readonly nearer: boolean }
  | { readonly kind: "fit" }
  | { readonly kind: "leave" };

export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
}

const WAYS: Readonly<Record<string, Way>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** What this key press wants, or null when it is none of ours. */
export function wishOf(press: Press): Wish | null {
  const way = WAYS[press.key];
  if (way !== undefined) return { kind: "move", way };
  switch (press.key) {
    case "Enter":
      return { kind: "pick" };
    case " ":
      return { kind: press.shiftKey ? "collapse" : "toggle" };
    case "+":
    case "=":
      return { kind: "zoom", nearer: true };
    case "-":
    case "_":
      return { kind: "zoom", nearer: false };
    case "0":
      return { kind: "fit" };
    case "Escape":
      return { kind: "leave" };
    default:
      return null;
  }
}

/**
 * The box that an arrow leads to, or null at the end of the way.
 *
 * Left and right follow the lines, to the box that is nearest in height. Up and down stay in the
 * column and go on with the next one, so that `down` alone comes to every box.
 */
export function stepTo(scene: Scene, from: number | null, way: Way): number | null {
  const order = readingOrder(scene);
  if (from === null || way === "first") return order[0] ?? null;
  switch (way) {
    case "last":
      return order.at(-1) ?? null;
    case "left":
      return nearest(scene, from, scene.before[from] ?? []);
    case "right":
      return nearest(scene, from, scene.after[from] ?? []);
    case "up":
      return order[order.indexOf(from) - 1] ?? null;
    case "down":
      return order[order.indexOf(from) + 1] ?? null;
  }
}

/** The first box as one reads, of these or of all. */
export function firstOf(scene: Scene, among?: ReadonlySet<number>): number | null {
  const order = readingOrder(scene);
  return order.find((box) => among === undefined || among.has(box)) ?? null;
}

const orders = new WeakMap<Scene, readonly number[]>(); // sorting 10,000 boxes at each key is slow

function readingOrder(scene: Scene): readonly number[] {
  const known = orders.get(scene);
  if (known !== undefined) return known;
  const places = scene.boxes.map((box) => box.place);
  const order = [...places.keys()].sort((one, other) => {
    const [here, there] = [places[one], places[other]];
    if (here === undefined || there === undefined) return 0;
    return here.band - there.band || here.column - there.column || here.row - there.row;
  });
  orders.set(scene, order);
  return order;
}

function nearest(scene: Scene, from: number, among: readonly number[]): number | null {
  const height = scene.boxes[from]?.y ?? 0;
  const distance = (box: number): number => Math.abs((scene.boxes[box]?.y ?? 0) - height);
  return among.reduce<number | null>(
    (best, box) => (best === null || distance(box) < distance(best) ? box : best),
    null,
  );
}
