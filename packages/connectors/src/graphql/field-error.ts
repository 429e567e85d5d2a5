import { GraphQLError } from "graphql";
import { asPortolanError } from "@portolan/core";
import { problemOf, type Exchange, type Problem, type ProblemDetails, type WholeReply } from "@portolan/gateway";

/** The error of a field as a caller may see it: what a problem document would say, with the code under `extensions`. */
export function fieldError(thrown: unknown, requestId: string): GraphQLError {
  const { message, extensions } = told(problemOf(asPortolanError(thrown), { requestId }).details);
  return new GraphQLError(message, { extensions });
}

/** The answer to a request that never got to its fields: refused by a policy, by the host, or before it was read. */
export function requestError({ status, headers, details }: Problem, exchange: Exchange): WholeReply {
  const isAsked = String(exchange.headers["accept"]).includes(RESPONSE);
  return {
    status,
    headers: { ...headers, "content-type": `${isAsked ? RESPONSE : "application/json"}; charset=utf-8` },
    body: JSON.stringify({ errors: [told(details)] }),
  };
}

/** Of the specification of GraphQL over HTTP. A client that does not ask for it takes JSON for the answer of a GraphQL server only where that is a success. */
const RESPONSE = "application/graphql-response+json";

function told({ title, detail, status, code, kind, errors, instance }: ProblemDetails) {
  const known = {
    code: code ?? (kind === "defect" ? "PORTOLAN_INTERNAL" : title.toUpperCase().replaceAll(/\W+/g, "_")),
    kind,
    status,
    instance,
    errors,
  };
  return { message: detail ?? title, extensions: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}
