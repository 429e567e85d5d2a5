import { PortolanError, type ContractCheck, type Message } from "@portolan/core";
import type { ApiOperation, ApiSchema } from "@portolan/formats/openapi";
import { isStream } from "./reply-stream.ts";
import { mediaTypeName } from "./media-types.ts";

type Result = Pick<Message, "body" | "headers">;

/** Throws PORTOLAN_CONTRACT_FAILED, as a defect, of a result that the contract of the operation does not promise. */
export type ReplyContract = (result: Result | undefined, status: number) => void;

export function createReplyContract(
  { id, responses }: ApiOperation,
  compile: (schema: ApiSchema) => ContractCheck,
): ReplyContract | undefined {
  if (responses.length === 0) return undefined;
  const checks = new Map(
    responses.map(({ status, content }) => {
      const json = content.find(({ mediaType, schema }) => schema !== undefined && /[/+]json$|^\*\/\*$/.test(mediaTypeName(mediaType)));
      return [status, json?.schema === undefined ? undefined : compile(json.schema)] as const;
    }),
  );
  return (result, status) => {
    const key = [String(status), `${Math.floor(status / 100)}XX`, "default"].find((one) => checks.has(one));
    if (key === undefined)
      throw breach(
        id,
        `answers ${status}, and the contract promises ${[...checks.keys()].join(", ")}`,
        "add the status to the contract, or set the header http-status to one of these",
      );
    const body = result?.body ?? null;
    if (status === 204 || status === 304 || body instanceof Uint8Array || isStream(body)) return;
    const checked = checks.get(key)?.check(body);
    if (checked === undefined || checked instanceof Promise || "body" in checked) return;
    const [first] = checked.issues;
    throw breach(id, `answers ${status} with a body that breaks the contract: ${first?.path || "the body"} ${first?.message}`);
  };
}

function breach(operation: string, message: string, hint?: string): PortolanError {
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${operation} ${message}`, {
    kind: "defect",
    ...(hint === undefined ? {} : { hint }),
  });
}
