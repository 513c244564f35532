import { type Finding, problem } from "../finding.js";
import { shown } from "../../output/printable.js";
import { addressOf } from "./response-checks.js";

type Words = readonly [what: string, fix: string];

const CERTIFICATE: Words = [
  "its TLS certificate is not trusted",
  "Renew it, send its whole chain, or have Node trust your own authority: NODE_EXTRA_CA_CERTS",
];
const NOT_HTTP: Words = ["what answered is not http", "Check the port, and whether it is http or https"];
const NOT_TLS: Words = ["what answered does not speak TLS", "Give the URL with http://, or check the port"];

/** What Node's error codes mean to people. */
const FAILURES: readonly (readonly [RegExp, Words])[] = [
  [/^ECONNREFUSED$/, ["the connection was refused", "Start the application, and check the port"]],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, ["there is no such host", "Check the spelling, and this machine's network"]],
  [
    /^TIMEOUT$/,
    ["it did not answer in time", "Look at the application's log; a slow one gets longer with --timeout 60s"],
  ],
  [
    /^(?:ECONNRESET|EPIPE|CLOSED)$/,
    ["it hung up without an answer", "Check whether it is http or https, and the application's log"],
  ],
  [
    /^HPE_HEADER_OVERFLOW$/,
    ["its headers are huge", "Set fewer and smaller cookies: browsers and proxies refuse such an answer"],
  ],
  [
    /^UPGRADED$/,
    ["it switched to another protocol without being asked (status 101)", "Give the URL of a page, not of a WebSocket"],
  ],
  [/^HPE_/, NOT_HTTP],
  [/^(?:EPROTO|ERR_SSL_)/, NOT_TLS],
  [/CERT|SELF_SIGNED|UNABLE_TO/, CERTIFICATE],
];

export function explainFailure(url: URL, code: string): Finding {
  const [what, fix] = FAILURES.find(([pattern]) => pattern.test(code))?.[1] ?? [
    "it cannot be reached",
    "Check the URL, and this machine's network",
  ];
  return problem(`GET ${addressOf(url)}: ${what} (${shown(code)})`, fix);
}
