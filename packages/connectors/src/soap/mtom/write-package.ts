import { randomUUID } from "node:crypto";
import { createFormat, multipartFormat } from "@portolan/formats";
import type { SoapVersion } from "../wsdl/service-model.ts";
import { XOP, XOP_TYPE } from "./package-names.ts";

/** Takes the bytes of a message out of its envelope while that is written. */
export interface Attachments {
  /** What stands for the bytes, given as base64, until the package is made; itself base64, so that the envelope can be checked. */
  readonly attach: (base64: string) => string;
  /** The message as a package, or undefined if nothing was taken out. */
  package(envelope: string, head: PackageHead): { readonly contentType: string; readonly body: Uint8Array } | undefined;
}

export interface PackageHead {
  readonly version: SoapVersion;
  /** Of SOAP 1.2. */
  readonly action?: string | undefined;
}

const TYPES: Readonly<Record<SoapVersion, string>> = { "1.1": "text/xml", "1.2": "application/soap+xml" };
const ROOT = "envelope@portolan";

export function createAttachments(): Attachments {
  const taken = new Map<string, string>();
  return {
    attach(base64) {
      // No sender can know it, and put it into another field.
      const mark = randomUUID().replaceAll("-", "");
      taken.set(mark, base64);
      return mark;
    },
    package(envelope, { version, action }) {
      if (taken.size === 0) return undefined;
      const ids = new Map([...taken.keys()].map((mark, index) => [mark, `${index + 1}@portolan`]));
      const root = envelope.replaceAll(/[\da-f]{32}/g, (mark) => {
        const id = ids.get(mark);
        return id === undefined ? mark : `<xop:Include xmlns:xop="${XOP}" href="cid:${id}"/>`;
      });
      const part = (type: string, id: string, content: Uint8Array) => ({
        headers: { "Content-Type": type, "Content-Transfer-Encoding": "binary", "Content-ID": `<${id}>` },
        content,
      });
      const parts = [
        part(`${XOP_TYPE}; charset=UTF-8; type="${TYPES[version]}"`, ROOT, Buffer.from(root)),
        ...[...taken].map(([mark, base64]) => part("application/octet-stream", ids.get(mark) ?? "", Buffer.from(base64, "base64"))),
      ];
      const boundary = `portolan-${randomUUID()}`;
      const said = action === undefined || action === "" ? "" : `; action="${action.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
      return {
        contentType: `multipart/related; type="${XOP_TYPE}"; boundary="${boundary}"; start="<${ROOT}>"; start-info="${TYPES[version]}"${said}`,
        body: createFormat(multipartFormat, { parts: true, boundary }).encode(parts),
      };
    },
  };
}
