/** Which boxes lie where: a grid over the drawing, so that no question walks over all boxes. Pure. */

import type { Area, Point } from "./camera.ts";

const CELL = 256; // a box touches four cells at most

export interface Grid {
  /** The box at this point, the one put in last when several are there; null when none is. */
  at(point: Point): number | null;
  /** The boxes that touch this area, in their order. */
  within(area: Area): readonly number[];
}

/** A grid of boxes of one size, by their upper left corners. */
export function createGrid(corners: readonly Point[], width: number, height: number): Grid {
  const cells = new Map<number, number[]>();
  corners.forEach((corner, box) => {
    for (const key of keys({ ...corner, width, height })) {
      const cell = cells.get(key);
      if (cell === undefined) cells.set(key, [box]);
      else cell.push(box);
    }
  });
  const touches = (box: number, area: Area): boolean => {
    const corner = corners[box];
    if (corner === undefined) return false;
    const across = corner.x <= area.x + area.width && corner.x + width >= area.x;
    return across && corner.y <= area.y + area.height && corner.y + height >= area.y;
  };
  return {
    at(point) {
      const spot = { ...point, width: 0, height: 0 };
      const found = (cells.get(key(cell(point.x), cell(point.y))) ?? []).filter((box) =>
        touches(box, spot),
      );
      return found.at(-1) ?? null;
    },
    within(area) {
      if (cellsOf(area) > corners.length) {
        return [...corners.keys()].filter((box) => touches(box, area));
      }
      const found = new Set<number>();
      for (const key of keys(area)) {
        for (const box of cells.get(key) ?? []) if (touches(box, area)) found.add(box);
      }
      return [...found].sort((one, other) => one - other);
    },
  };
}

function* keys(area: Area): Iterable<number> {
  for (let row = cell(area.y); row <= cell(area.y + area.height); row += 1) {
    for (let column = cell(area.x); column <= cell(area.x + area.width); column += 1) {
      yield key(column, row);
    }
  }
}

function cellsOf(area: Area): number {
  return (area.width / CELL + 2) * (area.height / CELL + 2);
}

function cell(place: number): number {
  return Math.floor(place / CELL);
}

function key(column: number, row: number): number {
  return row * 0x200000 + column; // columns stay below two million
}
