import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PortolanError } from "@portolan/core";
import type { ConnectionOptions } from "./connection-options.ts";

export interface TlsMaterial {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Certificates and keys as Node.js takes them. A file that cannot be read throws PORTOLAN_CONFIG_INVALID. */
export function tlsMaterial(tls: ConnectionOptions["tls"], directory: string): TlsMaterial {
  if (tls === undefined) return {};
  const { ca, cert, key, passphrase, serverName, verify } = tls;
  return {
    ...(ca === undefined ? {} : { ca: ca.map((one) => pem(one, directory)) }),
    ...(cert === undefined ? {} : { cert: pem(cert, directory) }),
    ...(key === undefined ? {} : { key: pem(key, directory) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(verify ? {} : { rejectUnauthorized: false }),
  };
}

function pem(given: string, directory: string): string {
  if (given.includes("-----BEGIN")) return given;
  try {
    return readFileSync(resolve(directory, given), "utf8");
  } catch (cause) {
    throw new PortolanError(
      "PORTOLAN_CONFIG_INVALID",
      `tls: ${given} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
        hint: "certificates and keys are PEM texts, or paths of files that hold them",
      },
    );
  }
}
