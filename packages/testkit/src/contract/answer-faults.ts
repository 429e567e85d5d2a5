import { issuesOf, type ContractAnswer, type ContractOperation, type ContractResponse } from "./operation.ts";

/** What an answer does wrong. Faults of one kind at one operation have one cause, more often than not. */
export interface Fault {
  readonly kind: string;
  readonly words: string;
}

/** What is wrong with the answer to a request, by the contract of its operation; undefined if nothing is. */
export function faultOf(operation: ContractOperation, answer: ContractAnswer, request: { readonly isValid: boolean }): Fault | undefined {
  const { status } = answer;
  const response = responseFor(operation, status);
  if (status >= 500 && !isExpectedFault(response, status)) return { kind: `${status}`, words: `answers ${status}` };
  if (!request.isValid && status < 300) return { kind: "taken", words: `answers ${status}` };
  if (response === undefined) {
    // Whether a description lists them or not, these are what HTTP has for requests at fault.
    if ((!request.isValid || NOT_LET_IN.has(status)) && status >= 400 && status < 500) return problemFault(answer);
    return { kind: `undocumented ${status}`, words: `answers ${status}, which the contract does not have (${statusesOf(operation)})` };
  }
  return (
    headerFault(answer, response) ??
    (hasNoBody(operation, status) ? undefined : contentFault(answer, response, operation.protocol?.issues)) ??
    problemFault(answer)
  );
}

/** Who may ask, and how often, is seldom said where the answers are. */
export const NOT_LET_IN: ReadonlySet<number> = new Set([401, 403, 407, 429]);

/** A range of faults stands for systems behind the API that fail; that the API itself does is no part of a contract unless it says 500. */
function isExpectedFault(response: ContractResponse | undefined, status: number): boolean {
  if (response === undefined || response.status.toLowerCase() === "default") return false;
  return response.status === String(status) || status !== 500;
}

function responseFor({ responses }: ContractOperation, status: number): ContractResponse | undefined {
  const named = (name: string) => responses.find((one) => one.status.toLowerCase() === name);
  return named(String(status)) ?? named(`${String(status)[0]}xx`) ?? named("default");
}

function statusesOf({ responses }: ContractOperation): string {
  return responses.length === 0 ? "it has no responses" : `it has ${responses.map(({ status }) => status).join(", ")}`;
}

function hasNoBody({ method }: ContractOperation, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 205 || status === 304;
}

function headerFault({ status, headers }: ContractAnswer, response: ContractResponse): Fault | undefined {
  const missing = response.headers.find(({ name, required }) => required && headers[name.toLowerCase()] === undefined);
  return missing === undefined ? undefined : { kind: "header", words: `answers ${status} without the header ${missing.name}` };
}

function contentFault(
  { status, headers, body }: ContractAnswer,
  { content }: ContractResponse,
  issuesOfText: ((body: string) => readonly string[]) | undefined,
): Fault | undefined {
  // Many descriptions leave out what they have no words for.
  if (content.length === 0) return undefined;
  const found = headers["content-type"] ?? "";
  const allowed = content.map(({ mediaType }) => mediaType).join(" or ");
  if (body === "" && found === "") return { kind: "content", words: `answers ${status} without a body; expected ${allowed}` };
  const own = content.find(({ mediaType }) => isMediaType(found, mediaType));
  if (own === undefined)
    return { kind: "content", words: `answers ${status} with ${found === "" ? "no content type" : found}; expected ${allowed}` };
  if (status < 300 && issuesOfText !== undefined) return bodyFault(status, issuesOfText(body));
  if (!/[/+]json\b/i.test(found)) return undefined;
  const value = parsed(body);
  if (value === undefined) return { kind: "body", words: `answers ${status} with a body that is no JSON` };
  const issues = own.check === undefined ? [] : issuesOf(own.check, value);
  return bodyFault(status, issues);
}

function bodyFault(status: number, issues: readonly string[]): Fault | undefined {
  if (issues.length === 0) return undefined;
  return { kind: "body", words: `answers ${status} with a body that breaks the contract: ${issues.slice(0, 3).join("; ")}` };
}

/** A problem document tells the status that it is sent with (RFC 9457, section 3.1.2). */
function problemFault({ status, headers, body }: ContractAnswer): Fault | undefined {
  if (!/^application\/problem\+json\b/i.test(headers["content-type"] ?? "") || body === "") return undefined;
  const problem = parsed(body);
  const told = typeof problem === "object" && problem !== null && "status" in problem ? problem.status : status;
  if (problem !== undefined && told === status) return undefined;
  return {
    kind: "problem",
    words:
      problem === undefined
        ? `answers ${status} with a problem that is no JSON`
        : `answers ${status} with a problem that says ${String(told)}`,
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined; // nothing that JSON has
  }
}

/** Parameters such as charset do not count, and an asterisk stands for anything. */
function isMediaType(found: string, allowed: string): boolean {
  const [name, pattern] = [found, allowed].map((type) => (type.split(";")[0] ?? "").trim().toLowerCase());
  const expression = (pattern ?? "").replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*");
  return new RegExp(`^${expression}$`).test(name ?? "");
}
