import { asPortolanError } from "@portolan/core";
import { problemOf, type Exchange, type Problem, type WholeReply } from "@portolan/gateway";
import { problemDetail, writeFault, type FaultMessage } from "./fault.ts";
import type { SoapVersion } from "./wsdl/service-model.ts";

export function answerFault(exchange: Exchange, version: SoapVersion, fault: FaultMessage): void {
  const { status, contentType, text } = writeFault(version, fault);
  exchange.reply(status, { "content-type": contentType }, text);
}

/** Sends the fault that an error is. */
export function errorFault(exchange: Exchange, version: SoapVersion, error: unknown): void {
  const problem = problemOf(asPortolanError(error), { requestId: exchange.id });
  const { "content-type": _, ...headers } = problem.headers;
  exchange.addHeaders(headers);
  answerFault(exchange, version, faultOfProblem(problem));
}

/** The fault that tells of a problem which a policy or the host has found, with the status of HTTP that it has. */
export function problemFault(version: SoapVersion, problem: Problem): WholeReply {
  const { contentType, text } = writeFault(version, faultOfProblem(problem));
  return { status: problem.status, headers: { ...problem.headers, "content-type": contentType }, body: text };
}

export function faultOfError(error: unknown, exchange: Exchange): FaultMessage {
  return faultOfProblem(problemOf(asPortolanError(error), { requestId: exchange.id }));
}

/** What a caller may know of an error: what a problem document would say, and who is to blame. */
function faultOfProblem({ status, details }: Problem): FaultMessage {
  return {
    code: status < 500 && status !== 429 ? "Client" : "Server",
    reason: details.detail ?? details.title,
    detail: problemDetail(details),
  };
}
