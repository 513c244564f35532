import type { Clock } from "../../clock.js";

/** A moment by both clocks, in ms; `steady` where there is a clock that is never set. */
export interface Moment {
  readonly wall: number;
  readonly steady: number | undefined;
}

/** Tells how long ago something was, so that it never looks younger than it is. */
export interface Elapsed {
  now(): Moment;
  /** In ms, by whichever clock says more. */
  since(moment: Moment): number;
}

/**
 * The wall clock may be set back, and the steady one may stand still while a machine sleeps. Neither makes an answer
 * look fresher while the other goes on.
 */
export function newElapsed(clock: Clock, steadyClock: Clock | undefined): Elapsed {
  return {
    now: () => ({ wall: clock(), steady: steadyClock?.() }),
    since({ wall, steady }) {
      const byWall = clock() - wall;
      if (steady !== undefined && steadyClock) return Math.max(byWall, steadyClock() - steady);
      // Set back, and nothing else to go by: it may be any age.
      return byWall < 0 ? Infinity : byWall;
    },
  };
}
