/** How the sessions of the list stand, in words and in order. Pure. */

import type { JournalRow, Life, Listing, SessionRow, Standing } from "./listing.ts";
import { isFinal, isGood, STATES, stateIndex } from "./picture.ts";
import type { Progress } from "./progress.ts";
import { plural, seconds } from "./visible.ts";

/** One line of the list: a session, or a journal that shows none. */
export interface Line {
  readonly key: string;
  readonly journal: JournalRow;
  readonly session: SessionRow | null;
}

const ORDER: Readonly<Record<Life, number>> = { live: 0, foreign: 1, over: 2 };

/** The lines: living clients first, then by their last word. */
export function linesOf(listing: Listing): readonly Line[] {
  const lines = listing.journals.flatMap((journal): Line[] => {
    const { sessions } = journal;
    if (sessions.length === 0) return [{ key: journal.journal, journal, session: null }];
    return sessions.map((session) => ({
      key: `${journal.journal}/${session.session}`,
      journal,
      session,
    }));
  });
  return lines.sort((one, other) => {
    const lives = ORDER[one.journal.life] - ORDER[other.journal.life];
    return lives !== 0 ? lives : lastOf(other) - lastOf(one);
  });
}

/** When something happened last, s since the epoch. */
export function lastOf({ journal, session }: Line): number {
  return session?.last ?? journal.written;
}

/** `3 s ago`; a clock that is behind says `just now`. */
export function ago(then: number, now: number): string {
  const age = now - then;
  if (age < 1) return "just now";
  if (age < 60) return `${Math.floor(age)} s ago`;
  if (age < 86_400) return `${seconds(Math.floor(age))} ago`;
  return `${plural(Math.floor(age / 86_400), "day")} ago`;
}

/** Whether it lives, in words. */
export function tellLife(line: Line, now: number): string {
  const { journal, session } = line;
  if (session === null) return tellJournal(journal, now);
  if (journal.life === "foreign") {
    return `unknown: on another machine, written ${ago(journal.written, now)}`;
  }
  if (session.state === "failed") return journal.life === "live" ? "live, failed" : "over, failed";
  if (journal.life === "live") return session.state === "closed" ? "closed" : "live";
  return session.state === "closed" ? "over" : "over: its client ended without closing it";
}

function tellJournal(journal: JournalRow, now: number): string {
  if (journal.fault !== "") return journal.fault;
  if (!journal.is_read) return "being read";
  if (journal.life === "foreign") return `on another machine, written ${ago(journal.written, now)}`;
  return journal.life === "live" ? "live, nothing submitted yet" : "over, nothing was submitted";
}

/** What a page of one session says of its client. */
export function tellStanding(standing: Standing): string {
  const then = new Date(standing.written * 1000).toLocaleString();
  const words: Readonly<Record<Life, string>> = {
    live: "live",
    over: `over: the client ended, its last word came at ${then}`,
    foreign: `unknown: the client ran on another machine, its last word came at ${then}`,
  };
  const told = [words[standing.life]];
  if (standing.damaged > 0) {
    told.push(`${plural(standing.damaged, "line")} of the journal could not be read`);
  }
  if (standing.fault !== "") told.push(standing.fault);
  return told.join(" · ");
}

/** Counts by state of a row, as the progress bar wants them. */
export function progressOfCounts(counts: Readonly<Record<string, number>>): Progress {
  const all = STATES.map((state) => counts[state] ?? 0);
  const sum = (some: (place: number) => boolean): number =>
    all.reduce((whole, count, place) => (some(place) ? whole + count : whole), 0);
  const stateAt = (place: number) => STATES[place] ?? "waiting";
  return {
    total: sum(() => true),
    good: sum((place) => isGood(stateAt(place))),
    unfinished: sum((place) => !isFinal(stateAt(place))),
    count: (state) => all[stateIndex(state)] ?? 0,
  };
}
