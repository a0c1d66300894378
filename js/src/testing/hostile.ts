/** Text that would act or hide if it were not shown as text; the Python tests read the same file. */

import rows from "../../../tests/journals/hostile.json" with { type: "json" };

interface Row {
  readonly name: string;
  readonly text: string;
  readonly times?: number;
}

/** Pairs of what it is and the text. */
export const HOSTILE: readonly (readonly [string, string])[] = (rows as readonly Row[]).map(
  (row) => [row.name, row.text.repeat(row.times ?? 1)],
);
