import { PortolanError, type ContractCheck } from "@portolan/core";
import type { OperationCall } from "@portolan/connectors/wsdl";
import type { BodyChange, ContractAnswer, ContractOperation } from "@portolan/testkit/contract";
import { loadWsdlReader } from "../describe/wsdl-description.ts";
import type { AppDocument } from "../docs/app-documents.ts";

/** The operations of an app's SOAP doors, by the WSDL documents that they serve. */
export async function soapOperations(documents: readonly AppDocument[]): Promise<readonly ContractOperation[]> {
  const services = documents.filter(({ name }) => name.endsWith(".wsdl"));
  if (services.length === 0) return [];
  const { operationCalls, readWsdl } = await loadWsdlReader();
  return services.flatMap(({ name }) => {
    const read = (file: string) => Buffer.from(String(documents.find((one) => one.name === file)?.content ?? ""));
    return operationCalls(readWsdl(name, read)).map(operationOf);
  });
}

function operationOf(call: OperationCall): ContractOperation {
  const path = call.address === undefined ? "/" : new URL(call.address).pathname;
  const mediaType = call.contentType;
  const check: ContractCheck = {
    check: (body) => (isWritten(call, body) ? { body } : { issues: [{ path: "", message: "it cannot be written" }] }),
  };
  const any = { headers: [], content: [{ mediaType: "*/*" }] };
  const answer = { headers: [], content: [{ mediaType }] };
  return {
    id: call.name,
    title: `SOAP ${call.name} at ${path}`,
    method: "POST",
    path,
    parameters: [],
    body: { required: true, content: [{ mediaType, schema: call.schema, check, examples: [] }] },
    responses: [
      call.replies ? { status: "200", ...answer } : { status: "2XX", headers: [], content: [] },
      { status: "4XX", ...any },
      { status: "5XX", ...any },
    ],
    protocol: {
      headers: mediaType.startsWith("text/xml") ? { soapaction: `"${call.soapAction}"` } : {},
      write: (body) => call.write(body),
      changes: (text) => changesOf(text, call),
      issues: (text) => call.replyIssues(text),
      interpret,
    },
  };
}

function isWritten(call: OperationCall, body: unknown): boolean {
  try {
    call.write(body);
    return true;
  } catch (error) {
    // What the schema of the document refuses is no request; so is what XML cannot hold.
    if (error instanceof PortolanError) return false;
    throw error;
  }
}

/** An element with text alone, as the requests have them that are made here. */
const LEAF = /<((?:[\w.-]+:)?[\w.-]+)((?:\s[^<>]*)?)>([^<]*)<\/\1>/g;

/** Each element left out, of another type, or with one beside it that the schema does not know. */
function changesOf(text: string, call: OperationCall): readonly BodyChange[] {
  const changes: BodyChange[] = [{ kind: "truncated body", words: "the envelope is cut off", text: text.slice(0, -2) }];
  for (const { 0: whole, 1: name = "", 2: attributes = "", index } of text.matchAll(LEAF)) {
    const replaced = (by: string) => text.slice(0, index) + by + text.slice(index + whole.length);
    const local = name.slice(name.indexOf(":") + 1);
    changes.push(
      { kind: "missing", words: `${local} is missing`, text: replaced("") },
      { kind: "wrong type", words: `${local} is "not of this type"`, text: replaced(`<${name}${attributes}>not of this type</${name}>`) },
      { kind: "out of range", words: `${local} is empty`, text: replaced(`<${name}${attributes}></${name}>`) },
      { kind: "out of range", words: `${local} is long`, text: replaced(`<${name}${attributes}>${"x".repeat(5000)}</${name}>`) },
      {
        kind: "not allowed",
        words: `beside ${local} is an element that is not in the schema`,
        text: replaced(`${whole}<notInTheSchema/>`),
      },
    );
  }
  const [, body = ""] = /<soap:Body>\s*<([\w:.-]+)/.exec(text) ?? [];
  if (body !== "")
    changes.push({
      kind: "not allowed",
      words: "the operation is none of the service",
      text: text.replaceAll(`<${body}`, "<NoSuchOperation").replaceAll(`</${body}>`, "</NoSuchOperation>"),
    });
  return changes.filter((change) => change.text !== text && call.requestIssues(change.text).length > 0);
}

/** SOAP 1.1 answers every fault with 500: the fault itself says who is to blame, and a fault that the document declares is an answer. */
function interpret(answer: ContractAnswer): ContractAnswer {
  const { status, body } = answer;
  if (status < 400 || !/<(?:\w+:)?Fault[\s>]/.test(body)) return answer;
  if (status !== 500) return answer;
  const [, code = ""] = /<(?:faultcode|(?:\w+:)?Value)[^>]*>\s*(?:[\w.-]+:)?(\w+)/.exec(body) ?? [];
  if (/^(Client|Sender|VersionMismatch|MustUnderstand|DataEncodingUnknown)/.test(code)) return { ...answer, status: 400 };
  const isDeclared = /<(?:detail|(?:\w+:)?Detail)>\s*<(?!e:error\b)/.test(body);
  return { ...answer, status: isDeclared ? 422 : /<e:kind>transient</.test(body) ? 503 : 500 };
}
