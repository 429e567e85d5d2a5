/** What decides about a failure: flow-format section 10. */
export type ErrorKind = "transient" | "invalid" | "rejected" | "defect";

export interface ErrorCode {
  readonly kind: ErrorKind;
  /** What happened, in one sentence. */
  readonly title: string;
  /** Why it happens and what to do, for `portolan explain`. */
  readonly explanation: string;
}

/** Every code that Portolan itself raises. User code and connectors may add codes of their own. */
export const ERROR_CODES = {
  PORTOLAN_CONFIG_INVALID: {
    kind: "defect",
    title: "The app's configuration is not valid.",
    explanation:
      "Flow files, builder calls and options are checked as a whole at start, and every finding is listed with its place, what was expected and what was found. Nothing runs until all are mended.",
  },
  PORTOLAN_EXPRESSION_FAILED: {
    kind: "defect",
    title: "An expression threw an error.",
    explanation:
      "A function or a mapping expression failed on this message. `cause` holds its own error. Try it on the body alone, and guard against values that may be absent.",
  },
  PORTOLAN_EXPRESSION_TYPE: {
    kind: "invalid",
    title: "An expression yielded a value of the wrong type.",
    explanation:
      "A number was wanted and the value is neither a number nor a text that is wholly a finite decimal number, or values of different types were to be ordered.",
  },
  PORTOLAN_VALUE_INVALID: {
    kind: "invalid",
    title: "A value is not what a function takes it for.",
    explanation:
      "A function that cleans or looks up values (a telephone number, a date, a code of a list) found one that it cannot read. The message names function, value and reason. Mend the value at its sender, or give the function an `otherwise`.",
  },
  PORTOLAN_CONTRACT_FAILED: {
    kind: "invalid",
    title: "A body breaks its contract.",
    explanation:
      "The input, output or channel contract lists what is wrong with which field. The message is not retried: mend the sender, or the contract.",
  },
  PORTOLAN_VALIDATION_FAILED: {
    kind: "invalid",
    title: "A validate step refused the message.",
    explanation: "The predicate did not hold, or the contract of the step found faults. The message of the error is the step's own.",
  },
  PORTOLAN_FORMAT_INVALID: {
    kind: "invalid",
    title: "Bytes could not be read in their format.",
    explanation:
      "The text is not well-formed, breaks a limit of size or depth, or is in another format than the one named. The error gives line and column where the format has them.",
  },
  PORTOLAN_COMBINE_FAILED: {
    kind: "invalid",
    title: "Results could not be combined.",
    explanation: "`merge` takes objects only. Use `list`, or a fold that says what to do with other values.",
  },
  PORTOLAN_THROWN: {
    kind: "rejected",
    title: "A throw step failed the message.",
    explanation: "The route decided that this message fails. Give the step a `code` to tell such failures apart.",
  },
  PORTOLAN_NOT_FOUND: {
    kind: "rejected",
    title: "What was asked for is not there.",
    explanation:
      "A route says so by `throw` with this code. A REST door answers 404, an MCP resource that there is none, the others an error with the code.",
  },
  PORTOLAN_UNAUTHENTICATED: {
    kind: "rejected",
    title: "The caller has not said who it is.",
    explanation:
      "A door lets in only callers with a key, a password or a token, and the request has none that is known. A REST door answers 401.",
  },
  PORTOLAN_PRECONDITION_FAILED: {
    kind: "rejected",
    title: "What was to be changed is another by now.",
    explanation:
      "The If-Match of a request does not name what there is (`checkMatch`). A REST door answers 412: read it again, and change that.",
  },
  PORTOLAN_PRECONDITION_REQUIRED: {
    kind: "invalid",
    title: "The request does not say what it wants to change.",
    explanation:
      "The door has `requireIfMatch`, and the request no If-Match with the ETag of what its caller has read. A REST door answers 428.",
  },
  PORTOLAN_FORBIDDEN: {
    kind: "rejected",
    title: "The caller may not do this.",
    explanation: "A route says so by `throw` with this code. A REST door answers 403, the others an error with the code.",
  },
  PORTOLAN_PARTS_FAILED: {
    kind: "defect",
    title: "Parts of a message failed.",
    explanation:
      "`parts` lists the indexes of the failed parts and `cause` is the error of the first of them, which also gives the kind. `onPartFailure` says whether the others go on.",
  },
  PORTOLAN_STREAM_READ: {
    kind: "defect",
    title: "A stream was to be read a second time.",
    explanation:
      "A body such as the result of a generator function or a Node.js stream can be read once; a second step or attempt would find nothing in it and take that for its end. Yield an object whose `[Symbol.asyncIterator]()` starts anew, as the bodies of a file source with `stream` do, or split such a stream once.",
  },
  PORTOLAN_ADDRESS_UNKNOWN: {
    kind: "invalid",
    title: "An address leads nowhere.",
    explanation:
      "A computed address names a channel, a route or a connector that does not exist. A channel exists if it is declared, or named by a source, a static target or a deadLetter.",
  },
  PORTOLAN_ADDRESS_DENIED: {
    kind: "invalid",
    title: "An address is not allowed.",
    explanation:
      "A computed connector address must match one of the step's `allow` patterns, so that a message cannot choose where data is sent.",
  },
  PORTOLAN_ADDRESS_EMPTY: {
    kind: "invalid",
    title: "An address is missing or blank.",
    explanation: "The address expression yielded nothing. Say `onEmpty: skip` where that means: send nowhere.",
  },
  PORTOLAN_KEY_MISSING: {
    kind: "invalid",
    title: "A key is missing.",
    explanation: "The key expression yielded nothing, null or an empty text for this message.",
  },
  PORTOLAN_KEY_CLOSED: {
    kind: "invalid",
    title: "A group is closed.",
    explanation: "A message arrived for an aggregation key that had completed before and is remembered by `rememberClosed`.",
  },
  PORTOLAN_IN_FLIGHT: {
    kind: "transient",
    title: "A message with the same key is being processed.",
    explanation: "The idempotent step has `inFlight: fail`, and the first message with this key has not ended yet.",
  },
  PORTOLAN_LOOP_LIMIT: {
    kind: "defect",
    title: "A loop ran too often.",
    explanation:
      "More rounds than `max` (or hops than `maxHops`). Raise the limit if that many are right; usually the condition never becomes false.",
  },
  PORTOLAN_RESEQUENCE_LATE: {
    kind: "invalid",
    title: "A message came too late for its place.",
    explanation: "The stream resequencer had already released a higher number. `onLate: pass` lets such messages through.",
  },
  PORTOLAN_CLAIM_MISSING: {
    kind: "invalid",
    title: "There is no such claim check.",
    explanation: "Nothing is stored under the key, or the stack is empty.",
  },
  PORTOLAN_NOTHING_POLLED: {
    kind: "transient",
    title: "Nothing was there to be polled in time.",
    explanation: "The source of a pollEnrich step had no message within its `timeout`.",
  },
  PORTOLAN_THROTTLED: {
    kind: "transient",
    title: "The rate limit is exceeded.",
    explanation: "A throttle step with `excess: reject`, or a wait longer than `maxWait`.",
  },
  PORTOLAN_THROTTLE_LIMIT: {
    kind: "invalid",
    title: "A throttle has no valid limit.",
    explanation: "The limit expression yielded nothing, no number, or a number below 1, and there is no earlier limit.",
  },
  PORTOLAN_TIMEOUT: {
    kind: "transient",
    title: "Something took too long.",
    explanation: "A block, a call or a connector did not answer in its time. What it did outside may have happened.",
  },
  PORTOLAN_CIRCUIT_OPEN: {
    kind: "transient",
    title: "The circuit breaker is open.",
    explanation: "Too many calls failed lately, so calls are not made for a while.",
  },
  PORTOLAN_BULKHEAD_FULL: {
    kind: "transient",
    title: "Too many calls at once.",
    explanation: "`maxConcurrent` calls are in process.",
  },
  PORTOLAN_EXPIRED: {
    kind: "rejected",
    title: "A message outlived its time.",
    explanation: "It waited in a channel longer than the channel's `ttl`, and was dead-lettered instead of delivered.",
  },
  PORTOLAN_CALLBACK_FAILED: {
    kind: "defect",
    title: "User code threw an error.",
    explanation: "A function of the app failed with an error of its own, which is the `cause`.",
  },
  PORTOLAN_STOPPING: {
    kind: "transient",
    title: "The node is stopping.",
    explanation:
      "It takes no new message; those in process are finished. Send again: another node, or this one after its restart, takes it.",
  },
  PORTOLAN_STORE_FAILED: {
    kind: "transient",
    title: "The store could not write.",
    explanation:
      "The disk is full, read-only or failing. Nothing was acknowledged; messages are delivered again once the store can write. Free space on the volume of the store.",
  },
  PORTOLAN_STORE_ENDED: {
    kind: "transient",
    title: "The store's thread has ended.",
    explanation:
      "It died of an error that is no fault of the disk; the cause says which. Nothing more can be stored, so the node ends with exit code 4 and has to be started again. What was acknowledged is on disk; the rest is delivered again.",
  },
  PORTOLAN_STORE_CORRUPT: {
    kind: "defect",
    title: "The store's file is damaged.",
    explanation:
      "It is not a Portolan store, or its content is damaged. The file is left as it is. Restore a backup, or move the file away to start with an empty store.",
  },
  PORTOLAN_STORE_LOCKED: {
    kind: "defect",
    title: "Another process owns the store.",
    explanation: "The embedded store belongs to one running node at a time. Stop the other node, or give this one another store directory.",
  },
  PORTOLAN_STORE_VERSION: {
    kind: "defect",
    title: "The store was written by a newer version.",
    explanation: "A store's schema is migrated forwards only. Run the version that wrote it, or a newer one.",
  },
  PORTOLAN_STORE_MISSING: {
    kind: "defect",
    title: "There is no store in the directory.",
    explanation:
      "A command was to look into a store, and the directory holds none. A store is made when its app first starts, usually in `.portolan` beside the app.",
  },
  PORTOLAN_BODY_UNSTORABLE: {
    kind: "invalid",
    title: "A value cannot be stored.",
    explanation:
      "A durable channel carries JSON data, text or bytes; positions, kept results and rows of state are stored likewise, and in a row of state bytes may lie within data. The error names the member that is something else, such as a Map, a BigInt or, in a body, bytes within data. Map it to plain data before it is sent or stored.",
  },
  PORTOLAN_CONFLICT: {
    kind: "transient",
    title: "Somebody else was faster.",
    explanation:
      "A position (of a schedule, a file or a partition) or a row of state (such as an open group) was changed by another unit of work or node since it was read. The unit of work was not committed.",
  },
  PORTOLAN_UNKNOWN_MESSAGE: {
    kind: "invalid",
    title: "There is no such message.",
    explanation: "The store knows no message, channel or dead letter of that name. It may have been removed by retention.",
  },
  PORTOLAN_PORT_IN_USE: {
    kind: "defect",
    title: "The port is taken.",
    explanation: "Another process listens on it. Stop that process or configure another port.",
  },
  PORTOLAN_SECRET_MISSING: {
    kind: "defect",
    title: "A secret or a variable is not set.",
    explanation: "The configuration refers to an environment variable that does not exist. Set it before the start.",
  },
  PORTOLAN_CONNECTION_FAILED: {
    kind: "transient",
    title: "A system could not be reached.",
    explanation: "The connection was refused, reset or not found. The cause names the system error.",
  },
  PORTOLAN_TARGET_FAILED: {
    kind: "transient",
    title: "The server behind a proxy did not answer.",
    explanation:
      "No connection to the target of a proxy could be made, or it broke before the answer began. The node's log names target and cause under the id of the request. Requests that may be sent twice were tried on other targets first.",
  },
  PORTOLAN_TARGETS_OUT: {
    kind: "transient",
    title: "No server behind a proxy is well.",
    explanation:
      "All targets have failed too often or did not pass their health checks, and the proxy says `whenAllOut: refuse`. They are asked again after the time in Retry-After, or once their health checks pass.",
  },
  PORTOLAN_REMOTE_FAILED: {
    kind: "transient",
    title: "A system answered that it cannot serve now.",
    explanation: "Such as HTTP 408, 425, 429 or 5xx. Retried when the route says so; a Retry-After of the system is respected.",
  },
  PORTOLAN_REMOTE_REJECTED: {
    kind: "rejected",
    title: "A system refused the message.",
    explanation: "Such as HTTP 4xx: it understood and said no. Sending the same again would end the same.",
  },
  PORTOLAN_BODY_TOO_LARGE: {
    kind: "invalid",
    title: "A body is larger than allowed.",
    explanation: "Raise the limit of the door or the format if such bodies are right.",
  },
  PORTOLAN_MEDIA_TYPE: {
    kind: "invalid",
    title: "No format for this media type.",
    explanation: "The Content-Type of a request, or the format option of a target, names no format that there is.",
  },
  PORTOLAN_NOT_ACCEPTABLE: {
    kind: "invalid",
    title: "No format that the caller accepts.",
    explanation: "The Accept of a request names no media type that the door can answer with. Nothing was processed.",
  },
  PORTOLAN_CALLER_GONE: {
    kind: "transient",
    title: "The caller did not wait for the reply.",
    explanation:
      "The connection of a request was closed before its reply. Steps in progress were told to stop; a caller that still wants it asks again.",
  },
  PORTOLAN_FILE_FAILED: {
    kind: "transient",
    title: "A file could not be read or written.",
    explanation: "It vanished, is not permitted, or the disk is full. The cause names the system error.",
  },
  PORTOLAN_USAGE: {
    kind: "defect",
    title: "The command was not understood.",
    explanation: "See `portolan help` for the commands and their options.",
  },
  PORTOLAN_CASES_MISSING: {
    kind: "defect",
    title: "There is nothing to test.",
    explanation:
      "`portolan test` found no `*.case.yaml` file in the app's directory or below. Write one beside the app: what is sent to it, and what must be seen. Tests in TypeScript are run by your own test runner.",
  },
  PORTOLAN_TEST_FAILED: {
    kind: "defect",
    title: "A scripted failure without a code.",
    explanation: "Raised by the fail steps of the test vocabulary.",
  },
} as const satisfies Record<string, ErrorCode>;

export type PortolanErrorCode = keyof typeof ERROR_CODES;
