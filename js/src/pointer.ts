/** The pointer on the graph: drags, pinches, clicks and the wheel, told apart. Points in CSS pixels. */

import type { Point } from "./camera.ts";
import type { Scope } from "./dom.ts";

export interface Hand {
  drag(right: number, down: number): void;
  zoom(factor: number, at: Point): void;
  click(at: Point): void;
  doubleClick(at: Point): void;
  /** The pointer rests there, or has left. */
  hover(at: Point | null): void;
}

const SLACK = 4; // pixels that a hand trembles during a click
const LINE = 16; // pixels that a wheel that counts in lines means by one

/** Listen on the canvas; the wheel is taken with ctrl or cmd, or while the canvas has the focus. */
export function followPointer(canvas: HTMLCanvasElement, scope: Scope, hand: Hand): void {
  const downs = new Map<number, Point>();
  let moved = 0;

  scope.listen<PointerEvent>(canvas, "pointerdown", (event) => {
    if (event.button !== 0) return;
    if (downs.size === 0) moved = 0;
    downs.set(event.pointerId, pointOf(event));
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
  });
  scope.listen<PointerEvent>(canvas, "pointermove", (event) => {
    const before = downs.get(event.pointerId);
    const now = pointOf(event);
    if (before === undefined) {
      if (event.pointerType === "mouse") hand.hover(now);
      return;
    }
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved < SLACK) return;
    hand.hover(null);
    canvas.style.cursor = "grabbing";
    const other = [...downs].find(([id]) => id !== event.pointerId)?.[1];
    downs.set(event.pointerId, now);
    if (other === undefined) {
      hand.drag(now.x - before.x, now.y - before.y);
      return;
    }
    // Two fingers: the drawing follows the point between them and the distance.
    hand.drag((now.x - before.x) / 2, (now.y - before.y) / 2);
    const apart = Math.max(1, distance(before, other));
    hand.zoom(distance(now, other) / apart, {
      x: (now.x + other.x) / 2,
      y: (now.y + other.y) / 2,
    });
  });
  const release = (event: PointerEvent): void => {
    if (!downs.delete(event.pointerId)) return;
    canvas.style.cursor = "";
    if (event.type === "pointerup" && downs.size === 0 && moved < SLACK) hand.click(pointOf(event));
  };
  scope.listen(canvas, "pointerup", release);
  scope.listen(canvas, "pointercancel", release);
  scope.listen(canvas, "pointerleave", () => hand.hover(null));
  scope.listen<MouseEvent>(canvas, "dblclick", (event) => {
    event.preventDefault();
    hand.doubleClick(pointOf(event));
  });
  followWheel(canvas, scope, hand);
}

function followWheel(canvas: HTMLCanvasElement, scope: Scope, hand: Hand): void {
  const turn = (event: WheelEvent): void => {
    const chord = event.ctrlKey || event.metaKey;
    if (!chord && !canvas.matches(":focus")) return; // the page scrolls
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE);
    // Fingers on a pad come as ctrl and small steps.
    const speed = event.ctrlKey && Math.abs(pixels) < 40 ? 0.01 : 0.0018;
    hand.zoom(Math.exp(-pixels * speed), pointOf(event));
  };
  scope.listen(canvas, "wheel", turn, { passive: false });
}

function pointOf(event: MouseEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
