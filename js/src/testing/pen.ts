/** A pen that writes down what it is told, for tests of what is drawn on a canvas. */

/** One call: its name, what it was given, and how see-through it was. */
export interface Step {
  readonly name: string;
  readonly given: readonly unknown[];
  readonly alpha: number;
}

const CALLS = [
  "arc",
  "arcTo",
  "beginPath",
  "bezierCurveTo",
  "closePath",
  "fill",
  "fillRect",
  "fillText",
  "lineTo",
  "moveTo",
  "rect",
  "roundRect",
  "setLineDash",
  "stroke",
  "strokeRect",
];

export interface Recorder {
  readonly pen: CanvasRenderingContext2D;
  readonly steps: readonly Step[];
  /** What was given to each call of this name. */
  given(name: string): readonly (readonly unknown[])[];
}

/** Letters are half as wide as the font is high. */
export function createRecorder(): Recorder {
  const steps: Step[] = [];
  let transform = { a: 1, e: 0, f: 0 };
  const fields: Record<string, unknown> = {
    globalAlpha: 1,
    font: "10px sans-serif",
    setTransform(a: number, _b: number, _c: number, _d: number, e: number, f: number) {
      transform = { a, e, f };
    },
    getTransform: () => transform,
    measureText(text: string) {
      return { width: (text.length * Number.parseFloat(String(fields["font"]))) / 2 };
    },
  };
  for (const name of CALLS) {
    fields[name] = (...given: unknown[]) => {
      steps.push({ name, given, alpha: Number(fields["globalAlpha"]) });
    };
  }
  return {
    pen: fields as unknown as CanvasRenderingContext2D,
    steps,
    given: (name) => steps.filter((step) => step.name === name).map((step) => step.given),
  };
}
