import { PortolanError, type ConnectorServices, type ContractCheck, type Reply } from "@portolan/core";
import type { ApiOperation, ApiResponse, ApiSchema } from "@portolan/formats/openapi";
import { mediaTypeName } from "../media-types.ts";
import type { HttpAnswer } from "../../http-call.ts";
import { readReply } from "./reply-reader.ts";

interface ReaderParts {
  readonly endpoint: string;
  readonly services: ConnectorServices;
  /** Left out where replies are not checked. */
  readonly compile: ((schema: ApiSchema) => ContractCheck) | undefined;
}

/** Replies as the description promises them; another body is PORTOLAN_CONTRACT_FAILED, and no fault of the message. */
export function replyReader({ responses }: ApiOperation, { endpoint, services, compile }: ReaderParts): (answer: HttpAnswer) => Reply {
  const checks = new Map(responses.map((response) => [response.status, compile === undefined ? undefined : dataCheck(response, compile)]));
  return (answer) => {
    const reply = readReply(answer, services, endpoint);
    const key = [String(answer.status), `${Math.floor(answer.status / 100)}XX`, "default"].find((status) => checks.has(status));
    const check = key === undefined ? undefined : checks.get(key);
    // Whatever is no data, such as a page of HTML, says so where it is used.
    if (
      check === undefined ||
      reply.body === null ||
      reply.body instanceof Uint8Array ||
      !isData(String(reply.headers["content-type"] ?? ""))
    )
      return reply;
    const result = check.check(reply.body);
    if (result instanceof Promise || "body" in result) return reply;
    const [first] = result.issues;
    throw new PortolanError(
      "PORTOLAN_CONTRACT_FAILED",
      `${endpoint} answered ${answer.status} with what its description does not promise: ${first?.path || "the body"} ${first?.message}`,
      {
        endpoint,
        findings: result.issues.map(({ path, message }) => ({ path, message })),
        hint: "correct the description, or say checkReplies: false",
      },
    );
  };
}

function dataCheck({ content }: ApiResponse, compile: (schema: ApiSchema) => ContractCheck): ContractCheck | undefined {
  const found = content.find(({ mediaType, schema }) => schema !== undefined && isData(mediaType));
  return found?.schema === undefined ? undefined : compile(found.schema);
}

/** Media types whose bodies look as their schemas say. */
export function isData(mediaType: string): boolean {
  return /[/+-](?:json|yaml)$|^\*\/\*$/.test(mediaTypeName(mediaType));
}

/** What the client asks for: data if there are any, or else whatever is promised. */
export function acceptOf({ responses }: ApiOperation): string {
  const content = responses.filter(({ status }) => status.startsWith("2") || status === "default").flatMap((response) => response.content);
  const types = [...new Set(content.map(({ mediaType }) => mediaType))];
  const data = types.filter(isData);
  return (data.length > 0 ? [...data, ...(data.includes("*/*") ? [] : ["*/*;q=0.5"])] : [...types, "*/*;q=0.5"]).join(", ");
}
