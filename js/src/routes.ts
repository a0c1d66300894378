/** Ways for the lines past the boxes of the columns that they cross. Pure. */

import { type Box, HEIGHT, type Line, type Scene } from "./scene.ts";

const ROOM = 5; // between a line and the boxes that it passes
const MOST = 12; // columns; a line over more of them goes straight, behind the boxes
const BAND = 1_000_000; // more than the columns of a band

/** The heights at which a line crosses the columns between its ends; none when nothing is there. */
export type Route = readonly number[];

interface Known {
  readonly routes: Map<Line, Route>;
  readonly tops: ReadonlyMap<number, readonly number[]>; // of the boxes of each column
}

const known = new WeakMap<Scene, Known>(); // routes are found when they are drawn first

export function routeOf(scene: Scene, line: Line): Route {
  const all = known.get(scene) ?? { routes: new Map(), tops: topsOf(scene.boxes) };
  known.set(scene, all);
  const route = all.routes.get(line) ?? findRoute(scene, all, line);
  all.routes.set(line, route);
  return route;
}

function findRoute(scene: Scene, { tops }: Known, { start, end, from, to, below }: Line): Route {
  const [source, target] = [scene.boxes[start]?.place, scene.boxes[end]?.place];
  if (source === undefined || target === undefined || below !== null) return [];
  const crossed = target.column - source.column - 1;
  if (crossed < 1 || crossed > MOST) return [];
  const wishes = Array.from({ length: crossed }, (_, i) => {
    const share = (i + 1) / (crossed + 1);
    return from.y + (to.y - from.y) * share * share * (3 - 2 * share); // as the line would bend
  });
  const heights = wishes.map((wish, i) =>
    nearestGap(tops.get(source.band * BAND + source.column + 1 + i) ?? [], wish),
  );
  return heights.every((height, i) => height === wishes[i]) ? [] : heights;
}

function topsOf(boxes: readonly Box[]): ReadonlyMap<number, readonly number[]> {
  const tops = new Map<number, number[]>();
  for (const { place, y } of boxes) {
    const key = place.band * BAND + place.column;
    const column = tops.get(key);
    if (column === undefined) tops.set(key, [y]);
    else column.push(y);
  }
  return tops;
}

/** The height nearest to the wish at which no box stands. */
function nearestGap(tops: readonly number[], wish: number): number {
  const above = freeFrom(tops, wish, -ROOM);
  const below = freeFrom(tops, wish, HEIGHT + ROOM);
  return wish - above <= below - wish ? above : below;
}

/** The first free height from here: up, or down, to `beside` a box that is in the way. */
function freeFrom(tops: readonly number[], wish: number, beside: number): number {
  let height = wish;
  for (;;) {
    const top = tops.find((each) => height > each - ROOM && height < each + HEIGHT + ROOM);
    if (top === undefined) return height;
    height = top + beside;
  }
}
