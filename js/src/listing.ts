/**
 * What the dashboard's server says of the journals that it finds.
 *
 * Written by `python -m tests.wire.listing` from `flowlab/dashboard/rows.py`; a test proves that it
 * is fresh.
 */

import type { SessionId, SessionState } from "./events.ts";

/** One session in short; times are s since the epoch, `failure` the first one in one line. */
export interface SessionRow {
  readonly session: SessionId;
  readonly name: string;
  readonly state: SessionState;
  readonly began: number;
  readonly last: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failure: string;
}

/** Whether the owner of a journal lives; FOREIGN when that is another machine's to know. */
export type Life = "live" | "over" | "foreign";

/** One journal. */
export interface JournalRow {
  readonly journal: string;
  readonly life: Life;
  readonly written: number;
  readonly size: number;
  readonly is_read: boolean;
  readonly sessions: readonly SessionRow[];
  readonly damaged: number;
  readonly fault: string;
}

/** All journals, those written to last first. */
export interface Listing {
  readonly type: "Listing";
  readonly now: number;
  readonly journals: readonly JournalRow[];
  readonly left: number;
  readonly fault: string;
}

/** Between the frames of one session: whether its client lives, and what its journal lacks. */
export interface Standing {
  readonly type: "Standing";
  readonly now: number;
  readonly life: Life;
  readonly written: number;
  readonly damaged: number;
  readonly fault: string;
}
