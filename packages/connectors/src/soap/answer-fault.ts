import { asPortolanError } from "@portolan/core";
import { problemOf, type Exchange, type Problem, type WholeReply } from "@portolan/gateway";
import { answerBlocks, type Addressing } from "./addressing/addressing.ts";
import { ADDRESSING } from "./addressing/names.ts";
import { problemDetail, writeFault, type FaultMessage } from "./fault.ts";
import type { SoapVersion } from "./wsdl/service-model.ts";

/** A request that a fault answers. */
export interface Asker {
  readonly exchange: Exchange;
  readonly version: SoapVersion;
  /** What its headers of WS-Addressing say, if it has them. */
  readonly addressing?: Addressing | undefined;
}

export function answerFault({ exchange, version, addressing }: Asker, fault: FaultMessage): void {
  if (addressing?.fault.isNowhere === true) return exchange.reply(202, {});
  const action = fault.action ?? `${ADDRESSING}/soap/fault`;
  const blocks = addressing === undefined ? "" : answerBlocks(addressing, addressing.fault, action);
  const { status, contentType, text } = writeFault(version, fault, blocks);
  exchange.reply(status, { "content-type": contentType }, text);
}

/** Sends the fault that an error is. */
export function errorFault(asker: Asker, error: unknown): void {
  const { exchange } = asker;
  const problem = problemOf(asPortolanError(error), { requestId: exchange.id });
  const { "content-type": _, ...headers } = problem.headers;
  exchange.addHeaders(headers);
  answerFault(asker, faultOfProblem(problem));
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
