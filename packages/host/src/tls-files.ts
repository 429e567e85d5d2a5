import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { PortolanError, option, optional, required, withDefault, type Clock, type OptionsOf } from "@portolan/core";
import type { TlsMaterial, TlsSource } from "@portolan/gateway";

const FILE = "a file in PEM, relative to the app";

export const tlsOptions = {
  cert: required(option.text, `The certificate of this host and those between it and its authority: ${FILE}.`, { example: "tls/cert.pem" }),
  key: required(option.text, `Its private key: ${FILE}.`, { example: "tls/key.pem" }),
  passphrase: optional(option.text, "What the key is encrypted with.", { secret: true, example: "${TLS_PASSPHRASE}" }),
  ca: optional(option.text, `The authorities that sign callers' certificates: ${FILE}.`, { example: "tls/callers.pem" }),
  requestCert: withDefault(option.boolean, false, "Lets in only callers with a certificate that `ca` has signed."),
};

export type TlsConfig = OptionsOf<typeof tlsOptions>;

export function checkTls({ ca, requestCert }: TlsConfig): readonly string[] {
  if (requestCert && ca === undefined) return ["requestCert needs ca: the authorities that sign callers' certificates"];
  return ca !== undefined && !requestCert ? ["ca says nothing without requestCert: true"] : [];
}

const LOOK_EVERY_MS = 10_000;

/** The certificate in the files of a configuration. They are looked at every ten seconds, so that one that is renewed needs no restart. */
export async function openTls(config: TlsConfig, directory: string, clock: Clock): Promise<TlsSource> {
  const read = async (): Promise<TlsMaterial> => {
    const [cert, key, clientCa] = await Promise.all([
      readPem(directory, config.cert, "cert"),
      readPem(directory, config.key, "key"),
      config.ca === undefined ? undefined : readPem(directory, config.ca, "ca"),
    ]);
    return { cert, key, clientCa, passphrase: config.passphrase };
  };
  const material = await read();
  return { material, watch: (onChange) => watch({ read, material, clock, onChange }) };
}

interface Watched {
  readonly read: () => Promise<TlsMaterial>;
  readonly material: TlsMaterial;
  readonly clock: Clock;
  readonly onChange: (material: TlsMaterial) => void;
}

function watch({ read, material, clock, onChange }: Watched): () => void {
  let known = JSON.stringify(material);
  let isOver = false;
  const look = async (): Promise<void> => {
    // Files that are being replaced may be missing for a moment; the next look finds them.
    const found = await read().catch(() => undefined);
    if (isOver) return;
    timer = clock.after(LOOK_EVERY_MS, () => void look());
    if (found === undefined || JSON.stringify(found) === known) return;
    known = JSON.stringify(found);
    onChange(found);
  };
  let timer = clock.after(LOOK_EVERY_MS, () => void look());
  return () => {
    isOver = true;
    timer.cancel();
  };
}

async function readPem(directory: string, file: string, name: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `http.tls.${name}: the file ${file} cannot be read: ${reason}`, { cause });
  }
}
