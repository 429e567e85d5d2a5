import { isRecord, type RouteDefinition } from "@portolan/core";
import { problemOf } from "@portolan/gateway";
import type { RouteExample } from "../route-examples.ts";
import { html, json, type Html } from "./html.ts";

/** A message and what came of it, as a caller of the route's first REST door sees it, if it has one. */
export function exampleBlock(
  { title, body, headers, outcome }: RouteExample,
  route: RouteDefinition,
  shown: (text: string) => string,
): Html {
  const door = doorOf(route, body);
  const heads = Object.keys(headers).length === 0 ? "" : html`<p>With the headers ${json(headers, "Headers")}</p>`;
  const request = html`<h4>${door === undefined ? "Message" : door.line}</h4>
    ${heads}${door?.hasBody === false ? "" : json(body, "Message")}`;
  if ("error" in outcome) {
    const { details } = problemOf(outcome.error);
    return framedPair(
      title,
      request,
      html`<h4 class="bad">${door === undefined ? "Fails" : `${details.status} ${details.title}`}</h4>
        ${json(withoutPlace(details), "Problem")}`,
    );
  }
  const status = door === undefined ? "Reply" : String(door.status);
  return framedPair(
    title,
    request,
    html`<h4>${status}</h4>
      ${json(shown(JSON.stringify(outcome.reply, undefined, 2) ?? "null"), "Reply")}`,
  );
}

function framedPair(title: string, request: Html, answer: Html): Html {
  return html`<h3>${title}</h3>
    <div class="pair">
      <div>${request}</div>
      <div>${answer}</div>
    </div>`;
}

/** The request would be another one next time. */
function withoutPlace({ instance: _instance, ...details }: ReturnType<typeof problemOf>["details"]): object {
  return details;
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "query"] as const;

/** The request line of a REST door: parameters of the path are those of the message. */
function doorOf(
  { from }: RouteDefinition,
  body: unknown,
): { readonly line: string; readonly status: number; readonly hasBody: boolean } | undefined {
  for (const source of from) {
    if (source.kind !== "connector" || source.connector.name !== "rest") continue;
    const { options } = source;
    const method = METHODS.find((one) => typeof options[one] === "string");
    if (method === undefined) continue;
    const fields = isRecord(body) ? body : {};
    const hasBody = method !== "get" && method !== "head" && method !== "delete";
    const path = String(options[method]);
    const filled = path.replaceAll(/:([^/]+)/g, (whole, name: string) =>
      fields[name] === undefined ? whole : encodeURIComponent(String(fields[name])),
    );
    const rest = hasBody
      ? []
      : Object.entries(fields).filter(([name, value]) => !path.includes(`:${name}`) && value !== null && typeof value !== "object");
    const query = new URLSearchParams(rest.map(([name, value]) => [name, String(value)])).toString();
    const status = typeof options["status"] === "number" ? options["status"] : options["mode"] === "accept" ? 202 : 200;
    return { line: `${method.toUpperCase()} ${filled}${query === "" ? "" : `?${query}`}`, status, hasBody };
  }
  return undefined;
}
