import { GraphQLError } from "graphql";
import { asPortolanError } from "@portolan/core";
import { problemOf } from "@portolan/gateway";

/** The error of a field as a caller may see it: what a problem document would say, with the code under `extensions`. */
export function fieldError(thrown: unknown, requestId: string): GraphQLError {
  const { title, detail, status, code, kind, errors, instance } = problemOf(asPortolanError(thrown), { requestId }).details;
  const known = { code: code ?? "PORTOLAN_INTERNAL", kind, status, instance, errors };
  return new GraphQLError(detail ?? title, {
    extensions: Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  });
}
