import { createSecureContext, type ConnectionOptions } from "node:tls";
import { option, optional, PortolanError, type OptionsOf } from "@portolan/core";

const PEM = "PEM, or the path of a file in the app";

export const targetTlsOptions = {
  ca: optional(option.oneOrMore(option.text), `Certificates of the authorities that are trusted in place of the usual ones: ${PEM}.`, {
    example: "tls/inside.pem",
  }),
  cert: optional(option.text, `The certificate that the proxy shows to targets: ${PEM}.`, { example: "tls/proxy.pem" }),
  key: optional(option.text, `Its private key: ${PEM}.`, { secret: true, example: "tls/proxy-key.pem" }),
  passphrase: optional(option.text, "What the key is encrypted with.", { secret: true, example: "${TLS_PASSPHRASE}" }),
};

export type TargetTlsOptions = OptionsOf<typeof targetTlsOptions>;

/** What contradicts itself, in words. */
export function checkTargetTls({ cert, key, passphrase }: TargetTlsOptions): readonly string[] {
  if ((cert === undefined) !== (key === undefined)) return ["tls: cert and key go together"];
  return passphrase !== undefined && key === undefined ? ["tls: passphrase says nothing without key"] : [];
}

export type TargetTls = Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase">;

/** What connections to targets are made with. Throws PORTOLAN_CONFIG_INVALID if it cannot be used. */
export async function readTargetTls(
  { ca, cert, key, passphrase }: TargetTlsOptions,
  name: string,
  readFile: ((path: string) => Promise<string>) | undefined,
): Promise<TargetTls> {
  const unusable = (what: string, cause: unknown) =>
    new PortolanError("PORTOLAN_CONFIG_INVALID", `proxy ${name}: tls: ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      hint: "certificates and keys are PEM texts, or paths of files that hold them",
    });
  const pem = async (given: string): Promise<string> => {
    if (given.includes("-----BEGIN")) return given;
    if (readFile === undefined) throw unusable(`${given} cannot be read`, "there is nothing here that reads files");
    try {
      return await readFile(given);
    } catch (cause) {
      throw unusable(`${given} cannot be read`, cause);
    }
  };
  const material: TargetTls = {
    ...(ca === undefined ? {} : { ca: await Promise.all(ca.map(pem)) }),
    ...(cert === undefined ? {} : { cert: await pem(cert) }),
    ...(key === undefined ? {} : { key: await pem(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(material);
  } catch (cause) {
    throw unusable("ca, cert or key cannot be used", cause);
  }
  return material;
}
