import { PortolanError, nearestName, type TargetContext } from "@portolan/core";
import { apiContracts, type ApiOperation } from "@portolan/formats/openapi";
import { headerText } from "../../header-text.ts";
import { operationNamed, readApi } from "../api-document.ts";
import { bodyWriter } from "./api-body.ts";
import { PLACES, parameterWriter } from "./api-parameters.ts";
import { acceptOf, replyReader } from "./api-reply.ts";
import { apiServers } from "./api-servers.ts";
import type { CallPlan } from "./call-plan.ts";
import { authOf } from "../../http/auth.ts";
import { apiAuthorizations } from "./credentials.ts";
import type { ClientOptions } from "./options.ts";
import { SAFE_METHODS } from "../../http/outgoing.ts";
import { forwarded, lowerCaseNames } from "./request-headers.ts";

/** Calls of one operation of an API description. Throws PORTOLAN_CONFIG_INVALID if the document or the options cannot be used. */
export async function apiPlan(
  options: ClientOptions,
  { client: path, operation: name }: { readonly client: string; readonly operation: string },
  context: Pick<TargetContext, "services" | "expression">,
): Promise<CallPlan> {
  const { services } = context;
  const api = await readApi(path, services);
  const operation = operationNamed(api, name, path);
  checkNames(options, operation, path);
  const { method, body } = operation;
  // An operation without a name is called by its method already.
  const endpoint = `${operation.id.startsWith(`${method} `) ? "" : `${method} `}${operation.id} of ${path}`;
  const servers = apiServers(options, api, operation);
  const [base = ""] = servers;
  const authorizations = options.auth === undefined ? apiAuthorizations(options, api, operation) : authOf(options.auth);
  const contracts = apiContracts(api);
  const writeParameters = parameterWriter(operation, {
    endpoint,
    given: options.parameters,
    fromBody: body === undefined && options.body === undefined,
    expression: context.expression,
    compile: contracts.request,
  });
  const writeBody =
    body === undefined ? undefined : bodyWriter(body, { endpoint, mediaType: options.mediaType, services, compile: contracts.request });
  const bodyOf = options.body === undefined ? undefined : context.expression(options.body);
  const fixed = { accept: acceptOf(operation), ...lowerCaseNames(options.headers), ...lowerCaseNames(options.secretHeaders ?? {}) };
  const keyHeader = SAFE_METHODS.has(method) ? undefined : options.idempotencyHeader.toLowerCase();
  return {
    endpoint,
    way: { servers, authorizations, headers: fixed },
    async request(message, key) {
      const parameters = await writeParameters(message);
      const written = writeBody?.(bodyOf === undefined ? message.body : await bodyOf(message), message);
      return {
        method,
        base,
        path: parameters.path,
        headers: {
          ...(keyHeader === undefined ? {} : { [keyHeader]: headerText(key) }),
          ...(written?.contentType === undefined ? {} : { "content-type": written.contentType }),
          ...forwarded(message, options.forward),
          ...parameters.headers,
          ...fixed,
        },
        body: written?.bytes ?? null,
        endpoint,
      };
    },
    reply: replyReader(operation, { endpoint, services, compile: options.checkReplies === false ? undefined : contracts.response }),
  };
}

/** Names in the options that the operation does not have would be left out without a word. */
function checkNames({ parameters = {}, body, mediaType, pages }: ClientOptions, operation: ApiOperation, path: string): void {
  for (const [place, given] of Object.entries(parameters)) {
    const known = operation.parameters.filter((one) => PLACES[one.in] === place).map((one) => one.name);
    const unknown = Object.keys(given ?? {}).find((one) => !known.includes(one));
    if (unknown === undefined) continue;
    const nearest = nearestName(unknown, known);
    throw new PortolanError(
      "PORTOLAN_CONFIG_INVALID",
      `${operation.id} of ${path} has no parameter ${JSON.stringify(unknown)} in ${place}`,
      {
        hint: nearest === undefined ? `it has ${known.length === 0 ? "none" : known.join(", ")}` : `did you mean "${nearest}"?`,
      },
    );
  }
  if (pages !== undefined && operation.method !== "GET")
    throw new PortolanError(
      "PORTOLAN_CONFIG_INVALID",
      `pages are of lists that are read with GET, and ${operation.id} of ${path} is ${operation.method}`,
    );
  if (operation.body === undefined && (body !== undefined || mediaType !== undefined))
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${operation.id} of ${path} takes no body, and the options say what it is`);
}
