import { shortHistories } from "./support/short.js";

/* I2: no session that was ended is accepted past the bound, whatever fails. */

shortHistories("redis");
