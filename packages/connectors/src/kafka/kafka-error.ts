import { type ErrorKind, PortolanError } from "@portolan/core";

interface Meaning {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly text: string;
  readonly hint: string;
}

/** What brokers say that trying again does not mend, by Kafka's own name. All else may pass. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  UNKNOWN_TOPIC_OR_PARTITION: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_TOPIC",
    text: "there is no such topic or partition",
    hint: "create the topic, or mend its name; brokers make topics by themselves only if they are told to",
  },
  INVALID_TOPIC_EXCEPTION: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_TOPIC",
    text: "the name is none that a topic can have",
    hint: "letters, digits, dots, _ and - only",
  },
  MESSAGE_TOO_LARGE: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_TOO_LARGE",
    text: "the message is larger than the broker takes",
    hint: "raise max.message.bytes of the topic, compress, or send a claim check instead of the body",
  },
  RECORD_LIST_TOO_LARGE: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_TOO_LARGE",
    text: "the batch is larger than the broker takes",
    hint: "lower maxBatch",
  },
  TOPIC_AUTHORIZATION_FAILED: denied("the topic"),
  GROUP_AUTHORIZATION_FAILED: denied("the consumer group"),
  CLUSTER_AUTHORIZATION_FAILED: denied("the cluster"),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: denied("the transactional id"),
  SASL_AUTHENTICATION_FAILED: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_LOGIN",
    text: "the user or the password is wrong",
    hint: "look at sasl: mechanism, username and password",
  },
  UNSUPPORTED_SASL_MECHANISM: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_LOGIN",
    text: "the broker knows no such SASL mechanism",
    hint: "look at sasl.mechanism, and at the listener of this port",
  },
  POLICY_VIOLATION: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_REFUSED",
    text: "a policy of the broker forbids it",
    hint: "the broker's log says which",
  },
  INVALID_RECORD: {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_REFUSED",
    text: "the broker does not accept the record",
    hint: "a compacted topic wants a key",
  },
};

function denied(what: string): Meaning {
  return {
    kind: "rejected",
    code: "PORTOLAN_KAFKA_DENIED",
    text: `this user may not use ${what}`,
    hint: "give the user the right (ACL), or log in as another",
  };
}

/** An error of the client as one that says what it means and whether the same may work later. */
export function kafkaError(doing: string, thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const names = apiNames(thrown);
  const known = names.find((name) => Object.hasOwn(MEANINGS, name));
  const meaning = known === undefined ? undefined : MEANINGS[known];
  if (meaning !== undefined)
    return new PortolanError(meaning.code, `${doing}: ${meaning.text}`, { kind: meaning.kind, hint: meaning.hint, cause: thrown });
  if (isLogin(thrown)) {
    const { kind, code, text, hint } = MEANINGS["SASL_AUTHENTICATION_FAILED"] ?? denied("the cluster");
    return new PortolanError(code, `${doing}: ${text}`, { kind, hint, cause: thrown });
  }
  const reason = names[0] ?? deepest(thrown);
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", `${doing}: ${reason}`, { kind: "transient", cause: thrown });
}

/** Kafka's own names of all that went wrong, such as MESSAGE_TOO_LARGE; the client nests errors in errors. */
export function apiNames(thrown: unknown): readonly string[] {
  return all(thrown).flatMap((error) => {
    if ("apiId" in error && typeof error.apiId === "string") return [error.apiId];
    // What the client finds out by itself it says in words.
    return error.message.startsWith("Unknown topic ") ? ["UNKNOWN_TOPIC_OR_PARTITION"] : [];
  });
}

function isLogin(thrown: unknown): boolean {
  return all(thrown).some((error) => "code" in error && error.code === "PLT_KFK_AUTHENTICATION");
}

function all(thrown: unknown): readonly Error[] {
  if (!(thrown instanceof Error)) return [];
  const inner = [...(thrown instanceof AggregateError ? thrown.errors : []), thrown.cause];
  return [thrown, ...inner.flatMap(all)];
}

/** What the innermost error says: the outer ones only that something failed. */
function deepest(thrown: unknown): string {
  const errors = all(thrown);
  const last = errors.findLast(({ message }) => message !== "");
  return last === undefined ? String(thrown) : last.message;
}
