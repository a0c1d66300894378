/** From which point and how near the drawing is seen: pure, in CSS pixels. */

/** The place of the drawing that stands in the upper left corner, and pixels for each of its units. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Point, Size {}

export const NEAREST = 2;
export const FARTHEST = 0.02;
export const STEP = 1.25; // one press of + or -

/** The zoom at which names are still written 9.5 pixels high: see writing.ts. */
export const READABLE = 0.475;

export const MARGIN = 18; // around what is fitted, in pixels

export function toScreen(camera: Camera, point: Point): Point {
  return { x: (point.x - camera.x) * camera.zoom, y: (point.y - camera.y) * camera.zoom };
}

export function toDrawing(camera: Camera, point: Point): Point {
  return { x: point.x / camera.zoom + camera.x, y: point.y / camera.zoom + camera.y };
}

/** What is seen of the drawing. */
export function seen(camera: Camera, view: Size): Area {
  return {
    x: camera.x,
    y: camera.y,
    width: view.width / camera.zoom,
    height: view.height / camera.zoom,
  };
}

/** The whole drawing in the middle of the view, never larger than life. */
export function fitted(drawing: Size, view: Size): Camera {
  const across = (view.width - 2 * MARGIN) / Math.max(1, drawing.width);
  const down = (view.height - 2 * MARGIN) / Math.max(1, drawing.height);
  const zoom = limited(Math.min(1, across, down));
  return {
    x: (drawing.width - view.width / zoom) / 2,
    y: (drawing.height - view.height / zoom) / 2,
    zoom,
  };
}

/** Moved as if a hand had pulled the drawing by so many pixels. */
export function panned(camera: Camera, right: number, down: number): Camera {
  return { ...camera, x: camera.x - right / camera.zoom, y: camera.y - down / camera.zoom };
}

/** Nearer by this factor; what lies under `at`, in pixels, stays there. */
export function zoomed(camera: Camera, factor: number, at: Point): Camera {
  const zoom = limited(camera.zoom * factor);
  const held = toDrawing(camera, at);
  return { x: held.x - at.x / zoom, y: held.y - at.y / zoom, zoom };
}

/** Moved so that a point of the drawing stands at these pixels. */
export function moored(camera: Camera, point: Point, at: Point): Camera {
  return { ...camera, x: point.x - at.x / camera.zoom, y: point.y - at.y / camera.zoom };
}

/** Moved no more than is needed to see this area with some room around it. */
export function revealed(camera: Camera, area: Area, view: Size): Camera {
  const now = seen(camera, view);
  const room = Math.min(MARGIN / camera.zoom, now.width / 8, now.height / 8);
  return {
    ...camera,
    x: shifted(now.x, now.width, area.x - room, area.width + 2 * room),
    y: shifted(now.y, now.height, area.y - room, area.height + 2 * room),
  };
}

/** Moved back so far that a part of the drawing can be seen. */
export function kept(camera: Camera, drawing: Size, view: Size): Camera {
  const now = seen(camera, view);
  const least = (3 * MARGIN) / camera.zoom;
  return {
    ...camera,
    x: between(now.x, Math.min(least, drawing.width) - now.width, drawing.width - least),
    y: between(now.y, Math.min(least, drawing.height) - now.height, drawing.height - least),
  };
}

function shifted(from: number, length: number, start: number, extent: number): number {
  if (extent > length || start < from) return start;
  return Math.max(from, start + extent - length);
}

function limited(zoom: number): number {
  return between(zoom, FARTHEST, NEAREST);
}

function between(value: number, least: number, most: number): number {
  return Math.max(Math.min(least, most), Math.min(value, Math.max(least, most)));
}
