/** What the simulated people do. Each is a guess that can be argued with, and is meant to be high rather than low. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const USERS = 10_000_000;

/**
 * How often a user visits. Together 29 % come on a day, of those who come in a month: consumer services report 10 to
 * 30 %.
 */
export const USER_CLASSES = [
  { share: 0.2, visitsPerDay: 1.6 },
  { share: 0.4, visitsPerDay: 0.3 },
  { share: 0.4, visitsPerDay: 0.07 },
];

/** A phone and a computer, say: each signs in for itself, and the second one gets a third of the visits. */
export const SECOND_DEVICE = { share: 0.5, visits: 1 / 3 };

/** Visits by the hour of the day: everybody lives in one time zone, so that peaks are as high as they get. */
export const VISITS_BY_HOUR = [2, 1, 1, 1, 1, 2, 4, 6, 7, 7, 6, 6, 7, 6, 6, 6, 6, 7, 8, 9, 9, 8, 6, 4];

/** How long a visit is. Within it the session is renewed as it goes. */
export const VISIT = 10 * 60_000;

/**
 * Visits that end with a click on "sign out". Where that button is prominent, as in a university's single sign-on,
 * half of the sign-ins do; in consumer services few. Of those who asked to stay signed in, hardly any.
 */
export const LOGOUT = { few: 0.05, some: 0.2, many: 0.5, remembered: 0.02 };

/** Sign-ins with "keep me signed in" ticked, and the timeouts that they get (`remember`). */
export const REMEMBER = { share: 0.3, idle: 14 * DAY, absolute: 30 * DAY };

/** Sign-ins of visitors for whom something was kept before, such as a basket: the guest's id is superseded. */
export const GUEST = { share: 0.2, age: VISIT };

/** Visits in which the application calls `regenerate()`, for example before the address is changed. */
export const STEP_UPS = 0.005;

/** Per user and day. Each that ends a user's sessions is one entry, however many there are. */
export const EVENTS = {
  /** A forgotten or changed password ends all sessions: once in eight years. */
  passwordReset: 0.01 / 30,
  /** "Sign out my other devices". */
  revokeOthers: 0.005 / 30,
  /** One device is signed out on the account page, which knows no deadline of the session. */
  deviceEnded: 0.01 / 30,
  /** An administrator, or the identity provider, ends a user's sessions: accounts that were closed or taken over. */
  administrator: 0.001 / 30,
};

/** On this day of the plot, at noon, everything is revoked. */
export const INCIDENT_DAY = 20;

/** What the manager is set up with. The longer the absolute timeout, the longer the idle one that goes with it. */
export const SCENARIOS = [
  { name: "8h", absolute: 8 * HOUR, idle: 0.5 * HOUR },
  { name: "24h", absolute: DAY, idle: HOUR },
  { name: "7d", absolute: 7 * DAY, idle: DAY },
  { name: "30d", absolute: 30 * DAY, idle: 7 * DAY },
];

/** Until the list of the longest timeout has filled; then what is shown. In days. */
export const DAYS = { before: 45, shown: 30 };
