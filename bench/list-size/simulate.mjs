import {
  DAYS,
  EVENTS,
  GUEST,
  INCIDENT_DAY,
  LOGOUT,
  REMEMBER,
  SECOND_DEVICE,
  STEP_UPS,
  USER_CLASSES,
  VISIT,
  VISITS_BY_HOUR,
} from "./habits.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const END = (DAYS.before + DAYS.shown) * DAY;
const INCIDENT = (DAYS.before + INCIDENT_DAY) * DAY + DAY / 2;

const EVENTS_PER_DAY = Object.values(EVENTS).reduce((sum, rate) => sum + rate, 0);
const HOURS_TOTAL = VISITS_BY_HOUR.reduce((sum, weight) => sum + weight, 0);

/**
 * One user's 75 days, in the operations of a revocation store. Times in ms from the beginning.
 *
 * @param user a number, which also tells the class
 * @param scenario the timeouts, and which share of visits ends with a sign-out
 * @param list is told of each operation: `sessionUntil(at, until)` for an id whose deadline is known,
 *   `session(at)` for one without, `subject(at, user)`, `alive(from, to)` for each session that there was
 */
export function liveOut(user, scenario, list) {
  const random = randomOf(user);
  const pick = (user * 0.618_033_988_749_895) % 1;
  const { visitsPerDay } = classOf(pick);
  const secondDevice = random() < SECOND_DEVICE.share;
  const devices = [undefined, undefined];

  const isAlive = (session, at) =>
    session !== undefined &&
    !session.ended &&
    at <= session.seen + session.idle &&
    at <= session.deadline &&
    !(session.issued <= INCIDENT && at > INCIDENT);
  const end = (session, at) => {
    if (session === undefined || session.ended) return;
    session.ended = true;
    const limits = [at, session.seen + session.idle, session.deadline];
    if (session.issued <= INCIDENT) limits.push(INCIDENT);
    list.alive(session.issued, Math.min(...limits));
  };

  const login = (device, at) => {
    if (random() < GUEST.share) list.sessionUntil(at, at - GUEST.age + scenario.absolute);
    // The browser keeps a cookie until its deadline, and the sign-in ends whatever it sends.
    const carried = devices[device];
    if (carried !== undefined && carried.kept && at <= carried.deadline) list.sessionUntil(at, carried.deadline);
    end(carried, at);
    const remembered = random() < REMEMBER.share;
    const { idle, absolute } = remembered ? longer(REMEMBER, scenario) : scenario;
    const logout = remembered ? LOGOUT.remembered : scenario.logout;
    devices[device] = { issued: at, seen: at, idle, deadline: at + absolute, logout, ended: false, kept: true };
  };

  const visit = (device, at) => {
    if (!isAlive(devices[device], at)) login(device, at);
    const session = devices[device];
    if (random() < STEP_UPS) list.sessionUntil(at, session.deadline);
    session.seen = Math.min(at + VISIT, session.deadline);
    if (random() >= session.logout) return;
    list.sessionUntil(session.seen, session.deadline);
    end(session, session.seen);
    session.kept = false;
  };

  const happen = (at) => {
    let left = random() * EVENTS_PER_DAY;
    const kind = Object.keys(EVENTS).find((name) => (left -= EVENTS[name]) < 0);
    const alive = devices.filter((session) => isAlive(session, at));
    if (kind === "deviceEnded") {
      const [session] = alive;
      if (session === undefined) return;
      list.session(at);
      end(session, at);
      // Its id is on the list already when the browser comes with it again.
      session.kept = false;
      return;
    }
    list.subject(at, user);
    const goesOn = kind === "revokeOthers" ? alive[0] : undefined;
    if (goesOn !== undefined) list.sessionUntil(at, goesOn.deadline);
    for (const session of devices) if (session !== goesOn) end(session, at);
  };

  for (const { at, what } of timeline(random, visitsPerDay, secondDevice)) {
    if (what === "event") happen(at);
    else visit(what, at);
  }
  for (const session of devices) end(session, END);
}

/** What happens when: visits of either device, and what ends sessions from elsewhere. */
function timeline(random, visitsPerDay, secondDevice) {
  const moments = [];
  for (let day = 0; day < END / DAY; day++) {
    const visits = poisson(random, visitsPerDay);
    for (let each = 0; each < visits; each++) {
      const what = secondDevice && random() < SECOND_DEVICE.visits ? 1 : 0;
      moments.push({ at: day * DAY + instant(random), what });
    }
  }
  for (let each = poisson(random, (EVENTS_PER_DAY * END) / DAY); each > 0; each--) {
    moments.push({ at: Math.floor(random() * END), what: "event" });
  }
  return moments.sort((a, b) => a.at - b.at);
}

/** A time of the day. */
function instant(random) {
  let left = random() * HOURS_TOTAL;
  const hour = VISITS_BY_HOUR.findIndex((weight) => (left -= weight) < 0);
  return hour * HOUR + Math.floor(random() * HOUR);
}

/** `remember` never shortens a session. */
function longer(one, other) {
  return { idle: Math.max(one.idle, other.idle), absolute: Math.max(one.absolute, other.absolute) };
}

/** The longest time that anyone announces: so long an entry lives whose session's deadline is not known. */
export function retentionOf(scenario) {
  return longer(REMEMBER, scenario).absolute;
}

function classOf(pick) {
  let left = pick;
  return USER_CLASSES.find(({ share }) => (left -= share) < 0) ?? USER_CLASSES.at(-1);
}

function poisson(random, mean) {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** Numbers from 0 to 1, the same ones for one seed (mulberry32). */
function randomOf(seed) {
  let state = Math.imul(seed + 1, 2_654_435_761) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
