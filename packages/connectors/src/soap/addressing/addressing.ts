import { randomUUID } from "node:crypto";
import type { FaultMessage } from "../fault.ts";
import { escapeText, writeTree } from "../xml/write-tree.ts";
import { childElements, childrenNamed, clark, textOf, type QName, type XmlElement } from "../xml/xml-element.ts";
import { ADDRESSING, ANONYMOUS, NONE } from "./names.ts";

/** What the header blocks of WS-Addressing 1.0 say of a message. */
export interface Addressing {
  readonly action: string;
  readonly messageId: string | undefined;
  readonly relatesTo: readonly string[];
  readonly reply: ReplyPlace;
  readonly fault: ReplyPlace;
}

/** Where an answer goes: back on the connection, or nowhere. */
export interface ReplyPlace {
  readonly isNowhere: boolean;
  /** Header blocks that the answer has to have. */
  readonly parameters: readonly XmlElement[];
}

const BACK: ReplyPlace = { isNowhere: false, parameters: [] };
const ONCE = ["Action", "MessageID", "To", "From", "ReplyTo", "FaultTo"];

/** The header blocks of the standard: whoever reads them has understood them. */
export const ADDRESSING_BLOCKS: readonly string[] = [...ONCE, "RelatesTo"].map((name) => clark({ namespace: ADDRESSING, name }));

/** Undefined for a message that does not use WS-Addressing. With the fault that its headers are, if they are wrong. */
export function readAddressing(
  blocks: readonly XmlElement[],
  soapAction: string,
): { readonly addressing: Addressing; readonly wrong: FaultMessage | undefined } | undefined {
  const own = blocks.filter(({ namespace }) => namespace === ADDRESSING);
  if (own.length === 0) return undefined;
  const block = (name: string) => own.find((one) => one.name === name);
  const text = (name: string) => {
    const found = block(name);
    return found === undefined ? undefined : textOf(found).trim();
  };
  const reply = placeOf(block("ReplyTo")) ?? BACK;
  const addressing: Addressing = {
    action: text("Action") ?? "",
    messageId: text("MessageID"),
    relatesTo: own.filter(({ name }) => name === "RelatesTo").map((one) => textOf(one).trim()),
    reply: reply === "elsewhere" ? BACK : reply,
    fault: BACK,
  };
  const fault = placeOf(block("FaultTo")) ?? addressing.reply;
  const elsewhere = reply === "elsewhere" ? "ReplyTo" : fault === "elsewhere" ? "FaultTo" : undefined;
  const whole = { ...addressing, fault: fault === "elsewhere" ? BACK : fault };
  return { addressing: whole, wrong: wrongBlocks(own, whole, { soapAction, elsewhere }) };
}

/** WS-Addressing 1.0, SOAP binding, section 6.4. */
function wrongBlocks(
  blocks: readonly XmlElement[],
  { action }: Addressing,
  { soapAction, elsewhere }: { readonly soapAction: string; readonly elsewhere: string | undefined },
): FaultMessage | undefined {
  const twice = ONCE.find((name) => blocks.filter((one) => one.name === name).length > 1);
  if (twice !== undefined) return invalid("InvalidCardinality", twice, `the header block wsa:${twice} is there more than once`);
  if (action === "")
    return addressingFault(["MessageAddressingHeaderRequired"], "the header block wsa:Action is missing", problemHeader("Action"));
  if (soapAction !== "" && soapAction !== action)
    return invalid("ActionMismatch", "Action", `wsa:Action is ${action}, and SOAPAction ${soapAction}`);
  if (elsewhere === undefined) return undefined;
  return invalid(
    "OnlyAnonymousAddressSupported",
    elsewhere,
    `answers are sent back on the connection only: the address of wsa:${elsewhere} must be ${ANONYMOUS} or ${NONE}`,
  );
}

export function unsupportedAction(action: string): FaultMessage {
  return addressingFault(
    ["ActionNotSupported"],
    `the action ${action} is not that of the operation in the body`,
    `<wsa:ProblemAction xmlns:wsa="${ADDRESSING}"><wsa:Action>${escapeText(action)}</wsa:Action></wsa:ProblemAction>`,
  );
}

function invalid(subcode: string, block: string, reason: string): FaultMessage {
  return addressingFault(["InvalidAddressingHeader", subcode], reason, problemHeader(block));
}

function problemHeader(name: string): string {
  return `<wsa:ProblemHeaderQName xmlns:wsa="${ADDRESSING}">wsa:${name}</wsa:ProblemHeaderQName>`;
}

function addressingFault(subcodes: readonly string[], reason: string, detail: string): FaultMessage {
  return {
    code: "Client",
    reason,
    detail,
    subcodes: subcodes.map((name): QName => ({ namespace: ADDRESSING, name })),
    action: `${ADDRESSING}/fault`,
  };
}

function placeOf(reference: XmlElement | undefined): ReplyPlace | "elsewhere" | undefined {
  if (reference === undefined) return undefined;
  const [address] = childrenNamed(reference, ADDRESSING, "Address");
  const uri = address === undefined ? "" : textOf(address).trim();
  if (uri !== ANONYMOUS && uri !== NONE) return "elsewhere";
  const [parameters] = childrenNamed(reference, ADDRESSING, "ReferenceParameters");
  return { isNowhere: uri === NONE, parameters: parameters === undefined ? [] : childElements(parameters) };
}

/** The header blocks of an answer to a message: what it is, and what it answers. */
export function answerBlocks({ messageId }: Addressing, { parameters }: ReplyPlace, action: string): string {
  const relates = messageId === undefined ? "" : written("RelatesTo", messageId);
  return written("Action", action) + written("MessageID", `urn:uuid:${randomUUID()}`) + relates + parameters.map(parameterBlock).join("");
}

/** The header blocks of a request. */
export function requestBlocks({
  action,
  messageId,
  to,
}: {
  readonly action: string;
  readonly messageId: string;
  readonly to: string;
}): string {
  const reply = `<wsa:ReplyTo xmlns:wsa="${ADDRESSING}"><wsa:Address>${ANONYMOUS}</wsa:Address></wsa:ReplyTo>`;
  return written("Action", action) + written("MessageID", messageId) + written("To", to) + reply;
}

function written(name: string, text: string): string {
  return `<wsa:${name} xmlns:wsa="${ADDRESSING}">${escapeText(text)}</wsa:${name}>`;
}

/** SOAP binding, section 3.4: whoever gets it knows where it comes from. */
function parameterBlock(element: XmlElement): string {
  const given = element.attributes.filter((one) => one.namespace !== ADDRESSING);
  const prefix = [...element.scope].find(([name, namespace]) => name !== "" && namespace === ADDRESSING)?.[0] ?? "portolan-wsa";
  const mark = { name: "IsReferenceParameter", prefix, namespace: ADDRESSING, value: "true" };
  return writeTree({ ...element, attributes: [...given, mark], scope: new Map([...element.scope, [prefix, ADDRESSING]]) });
}

/** Whether an answer says that it answers another message. */
export function isOfAnother({ relatesTo }: Addressing, messageId: string): boolean {
  return relatesTo.length > 0 && !relatesTo.includes(messageId);
}
