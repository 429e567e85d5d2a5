import { reasonOf } from "./reasons.ts";

/** What else is known of a failure: where it is, and which values took part. */
export interface FailureDetail {
  readonly position?: number | undefined;
  readonly token?: string | undefined;
  readonly value?: unknown;
}

/** Why an expression cannot be compiled or evaluated, with the language's own code and the end of the token it concerns. */
export class JsonataError extends Error {
  readonly code: string;
  position: number | undefined;
  token: string | undefined;
  readonly value: unknown;

  constructor(code: string, detail: FailureDetail = {}) {
    super(`${code}: ${reasonOf(code, detail)}`);
    this.name = "JsonataError";
    this.code = code;
    this.position = detail.position;
    this.token = detail.token;
    this.value = detail.value;
  }
}

/** Does work whose depth the expression or the data decide; a stack that is used up ends as the language says. */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw isStackOverflow(thrown) ? new JsonataError("D1011") : thrown;
  }
}

export function isStackOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError && thrown.message.includes("call stack");
}
