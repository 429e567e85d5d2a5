import type { ServerOptions } from "node:http";
import type { Server } from "node:https";
import { PortolanError, type Logger } from "@portolan/core";
import type { TlsMaterial, TlsSource } from "./tls-options.ts";

/** A server for HTTP over TLS that follows its certificate. Throws PORTOLAN_CONFIG_INVALID if that cannot be used. */
export function createTlsServer(options: ServerOptions, { material, watch }: TlsSource, log: Logger): Server {
  const { createServer } = process.getBuiltinModule("node:https");
  let server: Server;
  try {
    server = createServer({
      ...options,
      ...contextOf(material),
      requestCert: material.clientCa !== undefined,
      rejectUnauthorized: material.clientCa !== undefined,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: options.headersTimeout,
    });
  } catch (cause) {
    throw unusable(cause);
  }
  const unwatch = watch?.((next) => {
    try {
      server.setSecureContext(contextOf(next));
      log.log("info", "the certificate was replaced");
    } catch (cause) {
      log.log("error", "the certificate that has come cannot be used; the one before stays", { error: unusable(cause).message });
    }
  });
  if (unwatch !== undefined) server.on("close", unwatch);
  return server;
}

function contextOf({ cert, key, passphrase, clientCa }: TlsMaterial) {
  return {
    cert,
    key,
    minVersion: "TLSv1.2",
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  } as const;
}

function unusable(cause: unknown): PortolanError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `the certificate, its key or the authority of callers cannot be used: ${reason}`, {
    cause,
    hint: "Give files in PEM, the key that belongs to the certificate, and its passphrase if it has one.",
  });
}
