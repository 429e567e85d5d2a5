import type { Incoming } from "@portolan/core";

export const STYLES = ["wrapped", "bare", "rpc"] as const;
export type Style = (typeof STYLES)[number];

const NAMESPACES = `xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"`;

const TYPES = `
  <xs:complexType name="Line"><xs:sequence>
    <xs:element name="sku" type="xs:string"/><xs:element name="quantity" type="xs:int"/><xs:element name="price" type="xs:decimal"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="OrderType"><xs:sequence>
    <xs:element name="customer" type="xs:string"/>
    <xs:element name="line" type="tns:Line" maxOccurs="unbounded"/>
    <xs:element name="day" type="xs:date"/>
    <xs:element name="note" type="xs:string" nillable="true"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="ReceiptType"><xs:sequence>
    <xs:element name="orderId" type="xs:string"/><xs:element name="total" type="xs:decimal"/><xs:element name="lines" type="xs:int"/>
  </xs:sequence></xs:complexType>
  <xs:element name="OutOfStock"><xs:complexType><xs:sequence><xs:element name="sku" type="xs:string"/></xs:sequence></xs:complexType></xs:element>`;

const ELEMENTS: Readonly<Record<Style, string>> = {
  wrapped: `
  <xs:element name="PlaceOrder"><xs:complexType><xs:sequence>
    <xs:element name="customer" type="xs:string"/>
    <xs:element name="line" type="tns:Line" maxOccurs="unbounded"/>
    <xs:element name="day" type="xs:date"/>
    <xs:element name="note" type="xs:string" nillable="true"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="PlaceOrderResponse"><xs:complexType><xs:sequence><xs:element name="receipt" type="tns:ReceiptType"/></xs:sequence></xs:complexType></xs:element>`,
  bare: `
  <xs:element name="Order" type="tns:OrderType"/>
  <xs:element name="Receipt" type="tns:ReceiptType"/>`,
  rpc: "",
};

const PARTS: Readonly<Record<Style, { readonly input: string; readonly output: string }>> = {
  wrapped: {
    input: '<wsdl:part name="parameters" element="tns:PlaceOrder"/>',
    output: '<wsdl:part name="parameters" element="tns:PlaceOrderResponse"/>',
  },
  bare: { input: '<wsdl:part name="order" element="tns:Order"/>', output: '<wsdl:part name="receipt" element="tns:Receipt"/>' },
  rpc: { input: '<wsdl:part name="order" type="tns:OrderType"/>', output: '<wsdl:part name="receipt" type="tns:ReceiptType"/>' },
};

/** One service in a style, of SOAP 1.1 and 1.2, with a fault that it declares. */
export function shopWsdl(style: Style): string {
  const namespace = `urn:peers:${style}`;
  const body = (soap: string) => `<${soap}:body use="literal"${style === "rpc" ? ` namespace="${namespace}"` : ""}/>`;
  const binding = (soap: string, suffix: string) => `
  <wsdl:binding name="Shop${suffix}" type="tns:ShopPort">
    <${soap}:binding style="${style === "rpc" ? "rpc" : "document"}" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="PlaceOrder"><${soap}:operation soapAction="${namespace}:PlaceOrder"/>
      <wsdl:input>${body(soap)}</wsdl:input><wsdl:output>${body(soap)}</wsdl:output>
      <wsdl:fault name="outOfStock"><${soap}:fault name="outOfStock" use="literal"/></wsdl:fault>
    </wsdl:operation>
  </wsdl:binding>`;
  return `<wsdl:definitions name="Shop" targetNamespace="${namespace}" xmlns:tns="${namespace}" ${NAMESPACES}>
  <wsdl:types><xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">${TYPES}${ELEMENTS[style]}</xs:schema></wsdl:types>
  <wsdl:message name="PlaceOrderRequest">${PARTS[style].input}</wsdl:message>
  <wsdl:message name="PlaceOrderResponse">${PARTS[style].output}</wsdl:message>
  <wsdl:message name="OutOfStockFault"><wsdl:part name="fault" element="tns:OutOfStock"/></wsdl:message>
  <wsdl:portType name="ShopPort">
    <wsdl:operation name="PlaceOrder"><wsdl:input message="tns:PlaceOrderRequest"/><wsdl:output message="tns:PlaceOrderResponse"/>
      <wsdl:fault name="outOfStock" message="tns:OutOfStockFault"/></wsdl:operation>
  </wsdl:portType>${binding("soap", "11")}${binding("soap12", "12")}
  <wsdl:service name="ShopService">
    <wsdl:port name="Port11" binding="tns:Shop11"><soap:address location="http://localhost/${style}"/></wsdl:port>
    <wsdl:port name="Port12" binding="tns:Shop12"><soap12:address location="http://localhost/${style}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`;
}

/** A service of bytes, which go as attachments where both sides speak MTOM. */
export function storeWsdl(): string {
  const namespace = "urn:peers:store";
  const binding = (soap: string, suffix: string) => `
  <wsdl:binding name="Store${suffix}" type="tns:StorePort">
    <${soap}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Turn"><${soap}:operation soapAction="${namespace}:Turn"/>
      <wsdl:input><${soap}:body use="literal"/></wsdl:input><wsdl:output><${soap}:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>`;
  const content =
    '<xs:element name="name" type="xs:string"/><xs:element name="content" type="xs:base64Binary" xmime:expectedContentTypes="application/octet-stream"/>';
  const element = (name: string, held: string) =>
    `<xs:element name="${name}"><xs:complexType><xs:sequence>${held}</xs:sequence></xs:complexType></xs:element>`;
  return `<wsdl:definitions name="Store" targetNamespace="${namespace}" xmlns:tns="${namespace}" ${NAMESPACES}>
  <wsdl:types><xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">
    <xs:complexType name="File"><xs:sequence>${content}</xs:sequence></xs:complexType>
    ${element("Turn", '<xs:element name="file" type="tns:File"/>')}${element("TurnResponse", '<xs:element name="turned" type="tns:File"/>')}
  </xs:schema></wsdl:types>
  <wsdl:message name="TurnRequest"><wsdl:part name="parameters" element="tns:Turn"/></wsdl:message>
  <wsdl:message name="TurnResponse"><wsdl:part name="parameters" element="tns:TurnResponse"/></wsdl:message>
  <wsdl:portType name="StorePort"><wsdl:operation name="Turn"><wsdl:input message="tns:TurnRequest"/><wsdl:output message="tns:TurnResponse"/></wsdl:operation></wsdl:portType>
  ${binding("soap", "11")}${binding("soap12", "12")}
  <wsdl:service name="StoreService">
    <wsdl:port name="Port11" binding="tns:Store11"><soap:address location="http://localhost/store"/></wsdl:port>
    <wsdl:port name="Port12" binding="tns:Store12"><soap12:address location="http://localhost/store"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`;
}

interface Order {
  readonly customer: string;
  readonly line: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[];
}

export interface Answered {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route makes of an order, in the style's body. A customer "broken" makes it fail, the article "none" is out of stock. */
export function answerOrder({ body }: Incoming, style: Style): Answered {
  // The door has checked it by its document.
  const order = (style === "rpc" ? (body as { readonly order: Order }).order : body) as Order;
  if (order.customer === "broken") throw new TypeError("a secret of the route");
  const gone = order.line.find(({ sku }) => sku === "none");
  if (gone !== undefined) return { body: { sku: gone.sku }, headers: { "soap-fault": "outOfStock", "soap-fault-reason": "none left" } };
  const total = order.line.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const receipt = { orderId: `O-${order.customer}`, total, lines: order.line.length };
  return { body: style === "bare" ? receipt : { receipt } };
}

/** What every peer says that it got of a service, in either version of SOAP. */
export const EXPECTED = {
  order: { orderId: "O-Ann", total: "3.25", lines: 2 },
  fault: { sku: "none", reason: "none left" },
  error: { isServers: true, leaks: false },
} as const;

/** The file with its bytes turned round. */
export function turned({ body }: Incoming): unknown {
  // The door has checked it by its document.
  const { file } = body as { readonly file: { readonly name: string; readonly content: string } };
  return { turned: { name: file.name, content: Buffer.from(file.content, "base64").reverse() } };
}

const LINE = {
  title: "Line",
  type: "object",
  properties: { sku: { type: "string" }, quantity: { type: "integer", format: "int32" }, price: { type: "number" } },
  required: ["sku", "quantity", "price"],
};

/** The same service, described by nothing but its contracts. */
export const GENERATED = {
  options: { operation: "PlaceOrder", path: "/generated", serviceName: "Shop", namespace: "urn:peers:generated" },
  input: {
    type: "object",
    properties: {
      customer: { type: "string" },
      line: { type: "array", items: LINE, minItems: 1 },
      day: { type: "string", format: "date" },
      note: { type: ["string", "null"] },
    },
    required: ["customer", "line", "day", "note"],
  },
  output: {
    type: "object",
    properties: {
      receipt: {
        title: "Receipt",
        type: "object",
        properties: { orderId: { type: "string" }, total: { type: "number" }, lines: { type: "integer", format: "int32" } },
        required: ["orderId", "total", "lines"],
      },
    },
    required: ["receipt"],
  },
  answer: (incoming: Incoming) => answerOrder(incoming, "wrapped").body,
};
