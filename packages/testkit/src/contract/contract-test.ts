import fc from "fast-check";
import { NOT_LET_IN, faultOf, type Fault } from "./answer-faults.ts";
import { invalidRequestsOf, type InvalidRequest } from "./invalid-requests.ts";
import type { ContractAnswer, ContractOperation } from "./operation.ts";
import { requestsOf, writeRequest, type KnownValues, type RequestParts } from "./request-parts.ts";
import type { ContractRequest, SendRequest } from "./request.ts";

/** A request after which the API did what its contract does not say. */
export interface Counterexample {
  readonly fault: Fault;
  /** What was wrong with the request on purpose; left out of a request that follows the contract. */
  readonly change?: string | undefined;
  /** Further changes that were answered in the same wrong way. */
  readonly alike: readonly string[];
  readonly request: ContractRequest;
  readonly answer: ContractAnswer | undefined;
}

export interface OperationReport {
  readonly operation: ContractOperation;
  /** How often each status answered, of requests that follow the contract and of those that do not. */
  readonly valid: ReadonlyMap<number, number>;
  readonly invalid: ReadonlyMap<number, number>;
  readonly counterexamples: readonly Counterexample[];
  /** Why it could not be tested, if it could not. */
  readonly skipped?: string | undefined;
}

export interface ContractTestOptions {
  readonly operations: readonly ContractOperation[];
  readonly send: SendRequest;
  /** The same seed makes the same requests. */
  readonly seed: number;
  /** Valid requests for each operation; half as many are changed into invalid ones. */
  readonly runs: number;
  /** Told of each operation as soon as it is done. */
  readonly onReport?: (report: OperationReport) => void;
}

/** Requests for one operation at the most that a search for a smaller counterexample makes. */
const SHRINKS = 200;
/** Kinds of faults that are looked for one after another. */
const FAULTS = 3;

/** What makes things comes first, what removes them last. */
const ORDER = ["POST", "PUT", "PATCH", "GET", "HEAD", "QUERY", "OPTIONS", "DELETE"];

/**
 * Tests an API by its contract: makes valid requests and requests with one thing wrong with them, and looks whether each answer is one
 * that the contract has. Values that answers have under the names of path parameters are asked for by later requests.
 */
export async function testContract(options: ContractTestOptions): Promise<readonly OperationReport[]> {
  const known = new Map<string, unknown[]>();
  const names = new Set(
    options.operations.flatMap(({ parameters }) => parameters.filter((one) => one.in === "path").map(({ name }) => name)),
  );
  const rank = ({ method }: ContractOperation) => (ORDER.indexOf(method) + 1 || ORDER.length) - 1;
  const reports: OperationReport[] = [];
  for (const operation of options.operations.toSorted((a, b) => rank(a) - rank(b))) {
    const report = await testOperation(operation, { ...options, known, onAnswer: (answer) => remember(answer, names, known) });
    reports.push(report);
    options.onReport?.(report);
  }
  return reports;
}

/** What an answer of success has under the names of path parameters. */
function remember({ status, body }: ContractAnswer, names: ReadonlySet<string>, known: Map<string, unknown[]>): void {
  if (status >= 300 || !/^\s*\{/.test(body)) return;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return; // that it is no JSON is a fault, and told as such
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    if (!names.has(name) || (typeof one !== "string" && typeof one !== "number")) continue;
    const values = known.get(name) ?? [];
    known.set(name, values.length >= 20 || values.includes(one) ? values : [...values, one]);
  }
}

interface OperationTest extends Pick<ContractTestOptions, "send" | "seed" | "runs"> {
  readonly known: KnownValues;
  readonly onAnswer: (answer: ContractAnswer) => void;
}

async function testOperation(operation: ContractOperation, test: OperationTest): Promise<OperationReport> {
  const valid = new Map<number, number>();
  const invalid = new Map<number, number>();
  if (["TRACE", "CONNECT", "TRACK"].includes(operation.method))
    return { operation, valid, invalid, counterexamples: [], skipped: `${operation.method} is not sent` };
  const requests = requestsOf(operation, test.known);
  if ("unable" in requests) return { operation, valid, invalid, counterexamples: [], skipped: requests.unable };
  const { interpret = (answer: ContractAnswer) => answer } = operation.protocol ?? {};
  const send: SendRequest = async (request) => {
    const answer = await test.send(request);
    return "status" in answer ? { ...interpret(answer), sent: answer.status } : answer;
  };
  const counted =
    (counts: Map<number, number>): SendRequest =>
    async (request) => {
      const answer = await send(request);
      if ("status" in answer) counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      return answer;
    };
  const sendValid: SendRequest = async (request) => {
    const answer = await counted(valid)(request);
    if ("status" in answer) test.onAnswer(answer);
    return answer;
  };
  const search = { operation, requests, seed: test.seed, runs: test.runs, line: { isDead: false } };
  const ofValid = await faultsOfValid({ ...search, send: sendValid });
  const shut = closedDoor(valid);
  if (shut !== undefined) return { operation, valid, invalid, counterexamples: ofValid, skipped: ofValid.length > 0 ? undefined : shut };
  // What goes wrong without a change says nothing of the change.
  const isSound = async (parts: RequestParts) =>
    ofValid.length === 0 || (await tried(writeRequest(operation, parts), { ...search, send })) === undefined;
  const ofInvalid = await faultsOfInvalid({ ...search, send: counted(invalid) }, isSound);
  return { operation, valid, invalid, counterexamples: [...ofValid, ...ofInvalid] };
}

/** Nothing is known of an operation that lets nobody in. */
function closedDoor(counts: ReadonlyMap<number, number>): string | undefined {
  const statuses = [...counts.keys()];
  return statuses.length > 0 && statuses.every((status) => NOT_LET_IN.has(status))
    ? `every request was refused with ${statuses.join(" or ")}`
    : undefined;
}

interface Search {
  readonly operation: ContractOperation;
  readonly requests: fc.Arbitrary<RequestParts>;
  readonly seed: number;
  readonly runs: number;
  readonly send: SendRequest;
  /** Once nobody answers, nobody is asked any more. */
  readonly line: { isDead: boolean };
}

/** What came of one request: the fault, if there is one. */
interface Finding extends Pick<Counterexample, "fault" | "request" | "answer" | "change"> {
  /** Findings of one cause, as far as can be told. */
  readonly cause: string;
}

async function tried(request: ContractRequest, { operation, send, line }: Search, change?: InvalidRequest): Promise<Finding | undefined> {
  if (line.isDead) return undefined;
  const answer = await send(request);
  if ("failure" in answer && answer.isFinal) line.isDead = true;
  const isAnswer = "status" in answer;
  const fault = isAnswer ? faultOf(operation, answer, { isValid: change === undefined }) : { kind: "no answer", words: answer.failure };
  if (fault === undefined) return undefined;
  return { fault, request, answer: isAnswer ? answer : undefined, change: change?.words, cause: `${fault.kind} ${change?.kind ?? ""}` };
}

async function faultsOfValid(search: Search): Promise<readonly Counterexample[]> {
  const found = new Map<string, Counterexample>();
  let refused: Finding | undefined;
  const counts = { taken: 0 };
  for (let round = 0; round < FAULTS; round++) {
    const smallest = await smallestFinding(search, async (parts) => {
      const request = writeRequest(search.operation, parts);
      const finding = await tried(request, {
        ...search,
        send: async (one) => {
          const answer = await search.send(one);
          if ("status" in answer && answer.status !== 400 && answer.status !== 415) counts.taken += 1;
          else if ("status" in answer) refused ??= { fault: refusal(answer.status), request: one, answer, cause: "refused" };
          return answer;
        },
      });
      return finding === undefined || found.has(finding.cause) ? undefined : finding;
    });
    if (smallest === undefined) break;
    found.set(smallest.cause, { ...smallest, alike: [] });
  }
  if (found.size === 0 && counts.taken === 0 && refused !== undefined) return [{ ...refused, alike: [] }];
  return [...found.values()];
}

function refusal(status: number): Fault {
  return { kind: "refused", words: `answers ${status} to every request that follows the contract` };
}

async function faultsOfInvalid(search: Search, isSound: (parts: RequestParts) => Promise<boolean>): Promise<readonly Counterexample[]> {
  const tries = new Map<string, number>();
  const found = new Map<string, Finding & { readonly alike: Set<string> }>();
  const bases = fc.sample(search.requests, { seed: search.seed, numRuns: Math.max(1, Math.ceil(search.runs / 2)) });
  for (const base of bases) {
    if (!(await isSound(base))) continue;
    for (const change of invalidRequestsOf(search.operation, base)) {
      // The same change in other surroundings tells little that is new.
      const count = tries.get(change.words) ?? 0;
      if (count >= 2 || tries.size >= search.runs * 4) continue;
      tries.set(change.words, count + 1);
      const finding = await tried(change.request, search, change);
      if (finding === undefined) continue;
      const known = found.get(finding.cause);
      if (known === undefined) found.set(finding.cause, { ...finding, alike: new Set() });
      else if (change.words !== known.change) known.alike.add(change.words);
    }
  }
  const smaller: Counterexample[] = [];
  for (const one of found.values()) smaller.push(await smallerInvalid(one, search, isSound));
  return smaller;
}

/** The same change in the smallest surroundings in which it is answered in the same wrong way. */
async function smallerInvalid(
  { alike, ...finding }: Finding & { readonly alike: Set<string> },
  search: Search,
  isSound: (parts: RequestParts) => Promise<boolean>,
): Promise<Counterexample> {
  const smallest = await smallestFinding(search, async (parts) => {
    const change = invalidRequestsOf(search.operation, parts).find(({ words }) => words === finding.change);
    const again = change === undefined || !(await isSound(parts)) ? undefined : await tried(change.request, search, change);
    return again?.cause === finding.cause ? again : undefined;
  });
  return { ...(smallest ?? finding), alike: [...alike] };
}

/** Tries requests until one has a finding, then smaller ones; answers the finding of the smallest. */
async function smallestFinding(
  { requests, seed, runs }: Search,
  find: (parts: RequestParts) => Promise<Finding | undefined>,
): Promise<Finding | undefined> {
  let smallest: Finding | undefined;
  let shrinks = 0;
  const property = fc.asyncProperty(requests, async (parts) => {
    if (smallest !== undefined && shrinks++ > SHRINKS) return true;
    const finding = await find(parts);
    // Another fault on the way is none that is looked for now.
    if (finding === undefined || (smallest !== undefined && finding.cause !== smallest.cause)) return true;
    smallest = finding;
    return false;
  });
  await fc.check(property, { seed, numRuns: runs });
  return smallest;
}
