/** How far groups are collapsed at first: until all of the graph can be seen and read at once. */

import { fitted, READABLE, type Size } from "./camera.ts";
import { shown } from "./collapse.ts";
import type { Group } from "./groups.ts";
import type { View } from "./picture.ts";
import { createScene } from "./scene.ts";

/** Boxes that are shown at first, at most. */
export const BUDGET = 150;

/** Groups are collapsed when that makes boxes larger by this at least. */
const WORTH = 1.1;

/**
 * How many boxes to aim at, so that the whole graph fits into `size` and can be read.
 *
 * What the user opens or closes has no part in it, so that no other group changes with it.
 */
export function readableAim(view: View, root: Group, size: Size): number {
  const look = (aim: number): { readonly boxes: number; readonly zoom: number } => {
    const { contents, edges } = shown(view, root, { budget: BUDGET, aim });
    return { boxes: contents.length, zoom: fitted(createScene(contents, edges, size), size).zoom };
  };
  const most = look(BUDGET);
  if (most.zoom >= READABLE) return BUDGET;
  const least = look(1);
  if (least.zoom < WORTH * most.zoom) return BUDGET; // single tasks fill the view
  const enough = Math.min(READABLE, least.zoom / WORTH);
  let [good, bad] = [least.boxes, most.boxes];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (look(middle).zoom >= enough) good = middle;
    else bad = middle;
  }
  return good;
}
