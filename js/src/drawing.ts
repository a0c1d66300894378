/** All that one picture of the graph is made from. */

import type { Accent } from "./accent.ts";
import type { Camera, Size } from "./camera.ts";
import type { Labels } from "./labels.ts";
import type { Palette } from "./palette.ts";
import type { TaskId, TaskView } from "./picture.ts";
import type { Scene } from "./scene.ts";
import type { Standing } from "./standing.ts";

const LEGIBLE = 0.33; // below this zoom nothing is written
const WHOLE = 0.62; // below this one names alone

/** How much of a box there is room for. */
export type Detail = "far" | "middle" | "near";

export interface Drawing {
  readonly scene: Scene;
  readonly standing: Standing;
  readonly task: (id: TaskId) => TaskView | undefined;
  readonly camera: Camera;
  readonly view: Size;
  readonly palette: Palette;
  readonly labels: Labels;
  readonly accent: Accent;
  /** The boxes under the keys' cursor and under the pointer. */
  readonly cursor: number | null;
  readonly hovered: number | null;
  /** Whether a box stands in a group that can be collapsed. */
  readonly isGrouped: (box: number) => boolean;
  /** Whether keys go to the canvas. */
  readonly isFocused: boolean;
}

export function detailOf(zoom: number): Detail {
  if (zoom < LEGIBLE) return "far";
  return zoom < WHOLE ? "middle" : "near";
}
