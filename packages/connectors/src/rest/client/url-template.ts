import { PortolanError, describeValue, header, isRecord, type Message } from "@portolan/core";

/** A URL with placeholders in its path and query. */
export interface UrlTemplate {
  /** Scheme, host and port: fixed, so that no message chooses whom data is sent to. */
  readonly origin: string;
  /** For logs and errors: without the query, which may hold a key. */
  readonly shown: string;
  /** Path and query for a message. Values are URI-encoded; one that is missing throws PORTOLAN_ADDRESS_EMPTY. */
  pathFor(message: Message): string;
}

const URL_PARTS = /^(https?:\/\/[^/?#{}@\s]+)([/?][\x21-\x7e]*)?$/i;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const PLACEHOLDER_NAME = /^[\w-]+(?:\.[\w-]+)*$/;

/** What is wrong with a URL template, in words; undefined if nothing is. */
export function checkUrl(url: string): string | undefined {
  const [, origin, rest = "/"] = URL_PARTS.exec(url) ?? [];
  if (origin === undefined || !URL.canParse(origin)) {
    return "expected an absolute http or https URL without user or password, with placeholders in path and query only; other characters percent-encoded";
  }
  if (rest.includes("#")) return "a URL that is called has no fragment (#)";
  const wrong = [...rest.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).find((name) => !PLACEHOLDER_NAME.test(name));
  if (wrong !== undefined) return `{${wrong}} is no placeholder: expected a name such as {id}, {customer.id} or {header.x-tenant}`;
  if (/[{}]/.test(rest.replace(PLACEHOLDER, ""))) return "a brace is not closed";
  return hasDotSegment(rest) ? "a path has no segments . or .." : undefined;
}

/** The template of a URL that `checkUrl` has passed. */
export function createUrlTemplate(url: string): UrlTemplate {
  const fault = checkUrl(url);
  const [, origin = "", rest = "/"] = URL_PARTS.exec(url) ?? [];
  if (fault !== undefined) throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `no address to call: ${fault}`);
  const template = rest.startsWith("/") ? rest : `/${rest}`;
  const shown = origin + (template.split("?", 1)[0] ?? "");
  if (!template.includes("{")) return { origin, shown, pathFor: () => template };
  return {
    origin,
    shown,
    pathFor(message) {
      const path = template.replace(PLACEHOLDER, (_whole, name: string) => encodeURIComponent(textOf(message, name, shown)));
      if (!hasDotSegment(path)) return path;
      throw new PortolanError(
        "PORTOLAN_ADDRESS_DENIED",
        `${shown}: the values of the placeholders lead to another path: ${path.split("?", 1)[0]}`,
      );
    },
  };
}

/** `.` and `..` would be taken as steps through the path, whoever wrote them. */
export function hasDotSegment(path: string): boolean {
  const segments = (path.split("?", 1)[0] ?? "").split("/");
  return segments.includes(".") || segments.includes("..");
}

function textOf(message: Message, name: string, shown: string): string {
  const value = valueOf(message, name);
  if ((typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean")
    return String(value).toWellFormed();
  throw new PortolanError("PORTOLAN_ADDRESS_EMPTY", `${shown}: expected a text or a number for {${name}}, found ${describeValue(value)}`, {
    hint: "Placeholders are filled from fields of the body, then from headers. Set one of them before the call.",
  });
}

function valueOf(message: Message, name: string): unknown {
  if (name.startsWith("header.")) return header(message.headers, name.slice("header.".length));
  let value: unknown = message.body;
  for (const part of name.split(".")) value = isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value ?? header(message.headers, name);
}
