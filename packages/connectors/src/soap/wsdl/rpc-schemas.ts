import type { SchemaFile } from "../schema/schema-files.ts";
import { parseTree } from "../xml/parse-xml.ts";
import { escapeAttribute } from "../xml/write-tree.ts";
import { XSD, clark, resolveName } from "../xml/xml-element.ts";
import type { WrittenMessage, WrittenOperation } from "./operations.ts";

type RpcMessage = WrittenMessage & { readonly wrapper: NonNullable<WrittenMessage["wrapper"]> };

/** The elements round the parts of rpc style, which no schema of a document declares, as schemas: one way for both styles. */
export function rpcSchemas(operations: readonly WrittenOperation[]): readonly SchemaFile[] {
  const messages = operations.flatMap(({ input, output }) => [input, output]).filter(isRpc);
  const byName = new Map(messages.map((message) => [clark(message.wrapper), message]));
  return [...byName.values()].map((message) => ({ namespace: message.wrapper.namespace, root: parseTree(Buffer.from(schemaOf(message))) }));
}

function isRpc(message: WrittenMessage | undefined): message is RpcMessage {
  return message?.wrapper !== undefined;
}

function schemaOf({ wrapper, parts }: RpcMessage): string {
  const declarations: string[] = [];
  // In any order: clients of this style do not agree on one.
  const elements = parts.map(({ name, text, from }, index) => {
    const type = resolveName(text, from.scope) ?? { namespace: "", name: text };
    if (type.namespace === "") return `<xs:element name="${escapeAttribute(name)}" type="${escapeAttribute(type.name)}"/>`;
    declarations.push(` xmlns:p${index}="${escapeAttribute(type.namespace)}"`);
    return `<xs:element name="${escapeAttribute(name)}" type="p${index}:${escapeAttribute(type.name)}"/>`;
  });
  const target = wrapper.namespace === "" ? "" : ` targetNamespace="${escapeAttribute(wrapper.namespace)}"`;
  return `<xs:schema xmlns:xs="${XSD}"${declarations.join("")}${target}><xs:element name="${escapeAttribute(wrapper.name)}"><xs:complexType><xs:all>${elements.join("")}</xs:all></xs:complexType></xs:element></xs:schema>`;
}
