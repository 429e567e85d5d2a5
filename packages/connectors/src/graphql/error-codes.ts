import { GraphQLError, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { PortolanError, type Logger } from "@portolan/core";
import { fieldError } from "./field-error.ts";
import type { FieldContext } from "./served-schema.ts";

/**
 * Gives every error a code under `extensions`, as clients know them from Apollo's server: GRAPHQL_PARSE_FAILED,
 * GRAPHQL_VALIDATION_FAILED, BAD_USER_INPUT. A route's result that is not what its field promises is a fault on this side:
 * it is logged, and the caller hears no word of it.
 */
export function errorCodes(log: Logger): Plugin<FieldContext> {
  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(coded(result, "GRAPHQL_PARSE_FAILED"));
      },
    onValidate:
      () =>
      ({ result, setResult }) => {
        if (result.length > 0)
          setResult([...result].map((error) => (error instanceof GraphQLError ? coded(error, "GRAPHQL_VALIDATION_FAILED") : error)));
      },
    onExecute: ({ args: { contextValue } }) => ({
      onExecuteDone({ result, setResult }) {
        if (isSingle(result)) setResult(withCodes(result, contextValue, log));
      },
    }),
    onSubscribe({ args: { contextValue } }) {
      return {
        onSubscribeResult({ result, setResult }) {
          if (isSingle(result)) return setResult(withCodes(result, contextValue, log));
          return { onNext: (next) => (isSingle(next.result) ? next.setResult(withCodes(next.result, contextValue, log)) : undefined) };
        },
      };
    },
  };
}

function isSingle<Result extends object>(result: Result): result is Exclude<Result, AsyncIterable<unknown>> {
  return !(Symbol.asyncIterator in result);
}

function withCodes<Result extends Pick<ExecutionResult, "errors">>(result: Result, { requestId }: FieldContext, log: Logger): Result {
  if (result.errors === undefined || result.errors.every(({ extensions }) => extensions["code"] !== undefined)) return result;
  return {
    ...result,
    errors: result.errors.map((error) => {
      if (error.extensions["code"] !== undefined) return error;
      return error.path === undefined ? coded(error, "BAD_USER_INPUT") : brokenPromise(error, requestId, log);
    }),
  };
}

function brokenPromise(error: GraphQLError, requestId: string, log: Logger): GraphQLError {
  const { message, nodes, path } = error;
  log.log("error", "a route's result is not what its GraphQL field promises", { requestId, path: path?.join("."), error: message });
  const { message: told, extensions } = fieldError(new PortolanError("PORTOLAN_CONTRACT_FAILED", message, { kind: "defect" }), requestId);
  return new GraphQLError(told, { nodes, path, extensions });
}

function coded(error: GraphQLError, code: string): GraphQLError {
  if (error.extensions["code"] !== undefined) return error;
  const { message, nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, code } });
}
