import {
  createMessage,
  readOptions,
  silentLogger,
  type Clock,
  type ConnectorServices,
  type DeliverOptions,
  type HeaderValue,
  type Incoming,
  type Message,
  type OptionSpecs,
  type OptionsOf,
  type ReadContext,
} from "@portolan/core";
import { createContracts, createFormats } from "@portolan/formats";
import { createHttpHost, createPolicies } from "@portolan/gateway";
import { createTemporaryFolder } from "@portolan/testkit";
import { soapConnector } from "./index.ts";

export type Answer = (incoming: Incoming, options?: DeliverOptions) => unknown;

export interface TestedOperation {
  readonly options: object;
  /** The body of the route's result; by default that of the message. */
  readonly answer?: Answer;
  /** JSON Schemas of the route's contracts. */
  readonly input?: object;
  readonly output?: object;
  /** The headers of the route's result. */
  readonly headers?: Readonly<Record<string, HeaderValue>> | ((incoming: Incoming) => Readonly<Record<string, HeaderValue>>);
}

const ORDERS_SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:o="urn:orders" targetNamespace="urn:orders" elementFormDefault="qualified">
  <xs:element name="PlaceOrder" type="o:Order"/>
  <xs:complexType name="Order"><xs:sequence>
    <xs:element name="id" type="xs:int"/>
    <xs:element name="customer" type="xs:string" nillable="true"/>
    <xs:element name="line" type="o:Line" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Line"><xs:sequence>
    <xs:element name="sku" type="xs:string"/><xs:element name="price" type="xs:decimal"/>
  </xs:sequence><xs:attribute name="gift" type="xs:boolean"/></xs:complexType>
  <xs:element name="PlaceOrderResponse"><xs:complexType><xs:sequence><xs:element name="status" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Cancel"><xs:complexType><xs:sequence><xs:element name="id" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="SoldOut"><xs:complexType><xs:sequence><xs:element name="sku" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="Tenant" type="xs:int"/>
  <xs:element name="Trace"><xs:complexType><xs:sequence><xs:element name="hops" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

/** A service of SOAP 1.1 and 1.2 with a declared fault, header blocks and a one-way operation. */
const ORDERS_WSDL = `<wsdl:definitions name="Orders" targetNamespace="urn:orders:wsdl" xmlns:t="urn:orders:wsdl" xmlns:o="urn:orders" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xs:schema><xs:import namespace="urn:orders" schemaLocation="schemas/orders.xsd"/></xs:schema></wsdl:types>
  <wsdl:message name="placeOrder"><wsdl:part name="parameters" element="o:PlaceOrder"/><wsdl:part name="tenant" element="o:Tenant"/></wsdl:message>
  <wsdl:message name="placeOrderResponse"><wsdl:part name="parameters" element="o:PlaceOrderResponse"/><wsdl:part name="trace" element="o:Trace"/></wsdl:message>
  <wsdl:message name="soldOut"><wsdl:part name="fault" element="o:SoldOut"/></wsdl:message>
  <wsdl:message name="cancel"><wsdl:part name="parameters" element="o:Cancel"/></wsdl:message>
  <wsdl:portType name="OrdersPort">
    <wsdl:operation name="PlaceOrder"><wsdl:documentation>Places an order.</wsdl:documentation>
      <wsdl:input message="t:placeOrder"/><wsdl:output message="t:placeOrderResponse"/><wsdl:fault name="soldOut" message="t:soldOut"/></wsdl:operation>
    <wsdl:operation name="Cancel"><wsdl:input message="t:cancel"/></wsdl:operation>
  </wsdl:portType>
  ${["soap", "soap12"]
    .map(
      (soap) => `<wsdl:binding name="${soap}Binding" type="t:OrdersPort"><${soap}:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="PlaceOrder"><${soap}:operation soapAction="urn:orders#place"/>
      <wsdl:input><${soap}:header message="t:placeOrder" part="tenant" use="literal"/><${soap}:body use="literal" parts="parameters"/></wsdl:input>
      <wsdl:output><${soap}:header message="t:placeOrderResponse" part="trace" use="literal"/><${soap}:body use="literal" parts="parameters"/></wsdl:output>
      <wsdl:fault name="soldOut"><${soap}:fault name="soldOut" use="literal"/></wsdl:fault></wsdl:operation>
    <wsdl:operation name="Cancel"><${soap}:operation soapAction="urn:orders#cancel"/><wsdl:input><${soap}:body use="literal"/></wsdl:input></wsdl:operation>
  </wsdl:binding>`,
    )
    .join("")}
  <wsdl:service name="OrderService">
    <wsdl:port name="Orders11" binding="t:soapBinding"><soap:address location="http://erp.example/services/orders"/></wsdl:port>
    <wsdl:port name="Orders12" binding="t:soap12Binding"><soap12:address location="http://erp.example/services/orders"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>`;

export const ORDERS_FILES = { "orders.wsdl": ORDERS_WSDL, "schemas/orders.xsd": ORDERS_SCHEMA };

export const ENVELOPE_11 = "http://schemas.xmlsoap.org/soap/envelope/";
export const ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope";

/** An envelope round a body. */
export function envelope(
  body: string,
  { version = "1.1", header = "" }: { readonly version?: "1.1" | "1.2"; readonly header?: string } = {},
): string {
  const namespace = version === "1.1" ? ENVELOPE_11 : ENVELOPE_12;
  return `<s:Envelope xmlns:s="${namespace}" xmlns:o="urn:orders">${header === "" ? "" : `<s:Header>${header}</s:Header>`}<s:Body>${body}</s:Body></s:Envelope>`;
}

/** Options as the engine reads them, and what is wrong with them. */
export function readSoap(
  definition: { readonly options: OptionSpecs; check?(options: OptionsOf<OptionSpecs>): readonly string[] } | undefined,
  options: object,
) {
  const faults: string[] = [];
  const context: ReadContext = {
    path: "soap",
    at: () => context,
    report: ({ message }) => void faults.push(message),
    variable: () => "",
    substitute: (value) => value,
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  };
  const value = readOptions(definition?.options ?? {}, options, context);
  return { value, faults: [...faults, ...(value === undefined ? [] : (definition?.check?.(value) ?? []))] };
}

/** A client as an app opens it. */
export async function openTarget(options: object, services: ConnectorServices, after?: (fire: () => void) => void) {
  const { value, faults } = readSoap(soapConnector.target, options);
  if (value === undefined || faults.length > 0) throw new Error(faults.join("; "));
  const target = await soapConnector.target?.open(value, {
    clock: { now: () => 0, after: (_, fire) => (after?.(fire), { cancel() {} }) },
    random: { next: () => 0.5 },
    log: silentLogger,
    services,
    expression: () => () => undefined,
  });
  return {
    call: (body: unknown, headers: Record<string, HeaderValue> = {}, mode: "call" | "to" = "call") =>
      target?.send(createMessage("m1", body, headers), { mode, key: "k1" }),
    close: async () => target?.close(),
  };
}

/** Doors on one real host, each with a route that answers as told. */
export async function openSoap(operations: readonly TestedOperation[], files: Readonly<Record<string, string>> = ORDERS_FILES) {
  const received: Incoming[] = [];
  const folder = await createTemporaryFolder();
  for (const [name, text] of Object.entries(files)) await folder.put(name, text);
  const clock: Clock = { now: () => 0, after: () => ({ cancel() {} }) };
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock }) });
  const services = { ...createFormats(), http: host, directory: folder.root };
  const running = [];
  const contracts = createContracts({ directory: folder.root });
  const compiled = (schema: object | undefined) => (schema === undefined ? undefined : contracts.compile({ jsonSchema: { ...schema } }));
  for (const { options, answer = ({ body }: Incoming) => body, headers = {}, input, output } of operations) {
    const { value, faults } = readSoap(soapConnector.source, options);
    if (value === undefined || faults.length > 0) throw new Error(faults.join("; "));
    const opened = await soapConnector.source?.open(value, {
      route: "test",
      name: "test/soap",
      async deliver(incoming, delivery): Promise<Message> {
        received.push(incoming);
        return createMessage("m1", await answer(incoming, delivery), typeof headers === "function" ? headers(incoming) : headers);
      },
      position: async () => undefined,
      clock,
      random: { next: () => 0.5 },
      log: silentLogger,
      input: compiled(input),
      output: compiled(output),
      services,
    });
    if (opened !== undefined) running.push(opened);
  }
  const { origin, port } = await host.listen();
  return {
    origin,
    port,
    received,
    running,
    services,
    request: (path: string, init?: RequestInit) => fetch(origin + path, init),
    /** A message as a client sends it: status, media type and text of the answer. */
    async send(body: string, headers: Readonly<Record<string, string>> = {}, path = "/services/orders") {
      const response = await fetch(origin + path, {
        method: "POST",
        body,
        headers: { "content-type": "text/xml; charset=utf-8", ...headers },
      });
      return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
    },
    async [Symbol.asyncDispose]() {
      await host.close({ deadlineMs: 0 });
      await folder[Symbol.asyncDispose]();
    },
  };
}
