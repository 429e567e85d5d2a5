import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate for localhost and 127.0.0.1, or of an authority, and its key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** X.509 (RFC 5280) as far as Node asks for it, signed by the issuer or by itself. */
export function createCertificate(name: string, issuer?: TestCertificate): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const year = 365 * 86_400_000;
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    distinguishedName(issuer?.name ?? name),
    sequence(time(new Date(Date.now() - year)), time(new Date(Date.now() + year))),
    distinguishedName(name),
    publicKey.export({ format: "der", type: "spki" }),
    explicit(3, sequence(...extensions(issuer === undefined))),
  );
  const signature = sign("sha256", body, issuer?.privateKey ?? privateKey);
  const der = sequence(body, ECDSA_SHA256, tagged(0x03, Buffer.from([0]), signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    name,
    privateKey,
  };
}

function extensions(isAuthority: boolean): Buffer[] {
  const names = sequence(tagged(0x82, Buffer.from("localhost")), tagged(0x87, Buffer.from([127, 0, 0, 1])));
  const alternatives = sequence(SUBJECT_ALT_NAME, tagged(0x04, names));
  const authority = sequence(BASIC_CONSTRAINTS, tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))));
  return isAuthority ? [alternatives, authority] : [alternatives];
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => tagged(0x30, ...parts);
const explicit = (number: number, part: Buffer) => tagged(0xa0 + number, part);
const integer = (bytes: Buffer) => tagged(0x02, bytes);
const time = (date: Date) => tagged(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, "")}`));
const objectId = (hex: string) => tagged(0x06, Buffer.from(hex, "hex"));
const distinguishedName = (name: string) => sequence(tagged(0x31, sequence(objectId("550403"), tagged(0x0c, Buffer.from(name)))));

const ECDSA_SHA256 = sequence(objectId("2a8648ce3d040302"));
const SUBJECT_ALT_NAME = objectId("551d11");
const BASIC_CONSTRAINTS = objectId("551d13");
