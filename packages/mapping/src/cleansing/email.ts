import { domainToASCII } from "node:url";
import { cleaner } from "./clean.ts";

const LOCAL = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** RFC 5321, section 4.5.3.1. */
const LONGEST = { address: 254, local: 64 };

/**
 * An address such as `ann@example.com`, without white space and without a name around it, its domain in lower case and ASCII.
 * The part before the `@` keeps its case, since RFC 5321 leaves its meaning to the receiver. Quoted local parts and addresses of hosts by number are refused.
 */
export const email = cleaner({
  name: "email",
  expected: "an email address",
  clean(text) {
    const address = (/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text).trim().replace(/^mailto:/i, "");
    const at = address.lastIndexOf("@");
    if (at < 0) return { reason: "it has no @" };
    const local = address.slice(0, at);
    const labels = domainToASCII(address.slice(at + 1)).split(".");
    if (!LOCAL.test(local) || Buffer.byteLength(local) > LONGEST.local) return { reason: "the part before the @ is not allowed" };
    if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ""))
      return { reason: "the part after the @ is no domain" };
    const value = `${local}@${labels.join(".")}`;
    return Buffer.byteLength(value) > LONGEST.address ? { reason: `it is longer than ${LONGEST.address} bytes` } : { value };
  },
});
