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

/** Does work whose depth the expression or the data decide; what is too deep or too long ends as the language says. */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw translated(thrown);
  }
}

/** What the engine throws where a stack, a text or a list gets too large, as the language says it. */
export function translated(thrown: unknown): unknown {
  if (!(thrown instanceof RangeError)) return thrown;
  if (thrown.message.includes("call stack")) return new JsonataError("D1011");
  return /^Invalid (?:string|array|count)/.test(thrown.message) ? new JsonataError("D2015") : thrown;
}
