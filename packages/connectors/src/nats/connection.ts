import { asMissingPackage, PortolanError } from "@portolan/core";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ConnectionOptions } from "./options.ts";

const PACKAGES = ["@nats-io/transport-node", "@nats-io/jetstream"];
const CONNECT_MS = 10_000;

export type Nats = typeof import("@nats-io/transport-node") & typeof import("@nats-io/jetstream");

/** The client, two optional packages. */
export async function loadNats(): Promise<Nats> {
  try {
    const [transport, jetstream] = await Promise.all([import("@nats-io/transport-node"), import("@nats-io/jetstream")]);
    return { ...transport, ...jetstream };
  } catch (error) {
    throw asMissingPackage(error, "the connector nats", PACKAGES);
  }
}

/** Connects once; what breaks is connected anew by us, who can say so. */
export function connectNats(nats: Nats, { servers, user, password, token }: ConnectionOptions): Promise<NatsConnection> {
  return nats.connect({
    servers: [...servers],
    reconnect: false,
    timeout: CONNECT_MS,
    pingInterval: 10_000,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
  });
}

/** What trying again does not mend, by the class of the client's error. All else may pass. */
const MEANINGS: Readonly<Record<string, readonly [code: string, hint: string]>> = {
  AuthorizationError: ["PORTOLAN_NATS_DENIED", "look at user, password or token"],
  UserAuthenticationExpiredError: ["PORTOLAN_NATS_DENIED", "the user's time is over"],
  PermissionViolationError: ["PORTOLAN_NATS_DENIED", "give the user the right to the subject, and to $JS.API.>"],
  StreamNotFoundError: ["PORTOLAN_NATS_NO_STREAM", "make the stream, or mend its name"],
  NoRespondersError: ["PORTOLAN_NATS_NO_STREAM", "no stream takes this subject: add it to one"],
  JetStreamNotEnabled: ["PORTOLAN_NATS_NO_STREAM", "no stream takes this subject, or the server runs without JetStream"],
};

/** An error of the client as one that says what it means and whether the same may work later. */
export function natsError(doing: string, thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const known = names(thrown).find((name) => Object.hasOwn(MEANINGS, name));
  const meaning = known === undefined ? undefined : MEANINGS[known];
  if (meaning !== undefined)
    return new PortolanError(meaning[0], `${doing}: ${text}`, { kind: "rejected", hint: meaning[1], cause: thrown });
  if (/max_payload|maximum payload|message size exceeds/i.test(text)) {
    const hint = "raise max_payload of the server or max_msg_size of the stream, or send a claim check instead of the body";
    return new PortolanError("PORTOLAN_NATS_TOO_LARGE", `${doing}: ${text}`, { kind: "rejected", hint, cause: thrown });
  }
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", `${doing}: ${text}`, { kind: "transient", cause: thrown });
}

function names(thrown: unknown): readonly string[] {
  return thrown instanceof Error ? [thrown.constructor.name, thrown.name, ...names(thrown.cause)] : [];
}
