import { shortHistories } from "./support/short.js";

shortHistories("postgres");
