import { PortolanError, isRecord, type ContractCheck, type ContractResult } from "@portolan/core";
import { isInRange, mediaTypeName } from "./media-types.ts";
import { isStream } from "./reply-stream.ts";
import type { FormContract } from "./form-body.ts";

/** Checks the body of a request by its media type; answers the body to go on with, or throws PORTOLAN_CONTRACT_FAILED. */
export type BodyContract = (body: unknown, contentType: string | undefined) => unknown;

export const noBody: BodyContract = (body) => body;

export interface MediaContract {
  readonly check: ContractCheck;
  /** Of forms: how fields are written. */
  readonly form: FormContract | undefined;
}

/** The contract of a body that may come in several media types. Bodies that have none of their own are of the first. */
export function checkBody(checks: ReadonlyMap<string, MediaContract>, isRequired: boolean): BodyContract {
  const ranges = [...checks];
  return (body, contentType) => {
    if (body === undefined || body === null) {
      if (isRequired && body === undefined) throw breach([{ path: "", message: "is missing: this operation needs a body" }]);
      if (body === undefined) return body;
    }
    const name = contentType === undefined ? undefined : mediaTypeName(contentType);
    const [, contract] = ranges.find(([range]) => name === undefined || isInRange(name, range)) ?? [];
    if (contract === undefined || body instanceof Uint8Array || isStream(body)) return body;
    const { check, form } = contract;
    const faults = form === undefined || !isRecord(body) ? [] : form.faults(body);
    if (faults.length > 0) throw breach(faults);
    const result = check.check(form === undefined || !isRecord(body) ? body : form.read(body));
    // JSON Schemas check at once.
    if (result instanceof Promise) throw new TypeError("a schema of an API description is checked at once");
    return accepted(result);
  };
}

function accepted(result: ContractResult): unknown {
  if ("body" in result) return result.body;
  throw breach(result.issues);
}

function breach(issues: readonly { readonly path: string; readonly message: string }[]): PortolanError {
  const first = issues[0];
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${first?.path || "the body"} ${first?.message ?? "is not accepted"}`, {
    findings: issues.map(({ path, message }) => ({ path, message })),
  });
}
