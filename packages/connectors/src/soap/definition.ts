import { asMissingPackage, defineConnector, type ConnectorDefinition } from "@portolan/core";
import { checkPath, checkPolicies } from "@portolan/gateway";
import { isXmlName } from "./generate/xml-name.ts";
import { clientOptions, doorOptions, type ClientOptions, type DoorOptions } from "./options.ts";

/** SOAP: the operations of WSDL documents as sources and targets. */
export const soapConnector: ConnectorDefinition = defineConnector({
  name: "soap",
  title: "SOAP",
  summary: "Operations of WSDL documents as messages, and messages as calls of such operations.",
  source: {
    summary: "A door: the operation of a WSDL document is answered with the route's result.",
    options: doorOptions,
    describe: ({ operation = "", service, path = "/soap" }) =>
      service === undefined ? `${operation} at ${path}` : `${operation} of ${service}`,
    check: checkDoor,
    checkAll: (sources, services) => loaded(async () => (await import("./unrouted.ts")).unroutedOperations(sources, services)),
    replies: true,
    // Loaded where it is used: apps without a SOAP door do not need libxml2.
    open: (options, context) => loaded(async () => (await import("./source.ts")).openOperation(options, context)),
  },
  target: {
    summary: "A client: calls an operation of another system's service and yields its reply.",
    options: clientOptions,
    describe: ({ operation, wsdl }) => `${operation} of ${wsdl}`,
    check: checkClient,
    replies: true,
    open: (options, context) => loaded(async () => (await import("./target.ts")).openClient(options, context)),
  },
});

async function loaded<Value>(load: () => Promise<Value>): Promise<Value> {
  try {
    return await load();
  } catch (thrown) {
    throw asMissingPackage(thrown, "SOAP", ["libxml2-wasm"]);
  }
}

function checkDoor({ service, operation, path, address, policies, serviceName, namespace, unrouted }: DoorOptions): readonly string[] {
  const faults: string[] = [];
  if (operation === undefined) faults.push("operation is missing: which one of the service is it?");
  for (const [name, value] of Object.entries(service === undefined ? { unrouted } : { serviceName, namespace })) {
    if (value !== undefined) faults.push(`${name} says nothing ${service === undefined ? "without" : "beside"} a document (service)`);
  }
  for (const name of service === undefined ? [operation, serviceName] : []) {
    if (name !== undefined && !isXmlName(name))
      faults.push(`${JSON.stringify(name)} is no name of XML: expected a letter or _, then letters, digits and . - _`);
  }
  if (namespace !== undefined && !URL.canParse(namespace))
    faults.push(`namespace: expected a URI such as urn:shop:orders, found ${namespace}`);
  const fault = path === undefined ? undefined : checkPath(path);
  if (fault !== undefined) faults.push(`${path} is no path pattern: ${fault}`);
  if (address !== undefined && !/^https?:\/\/[^/?#]+$/.test(address))
    faults.push(`address: expected scheme and host such as https://api.shop.example, found ${address}`);
  return [...faults, ...checkPolicies(policies)];
}

/** What the client writes itself; a second one would make the request ambiguous. */
const OWN_HEADERS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "content-type",
  "soapaction",
  "expect",
  "upgrade",
]);

function checkClient({ headers, secretHeaders = {}, forward, headerBlocks, secretHeaderBlocks = {} }: ClientOptions): readonly string[] {
  const names = [...Object.keys(headers), ...Object.keys(secretHeaders), ...forward.filter((name) => !/^soap-/i.test(name))];
  const own = names.filter((name) => OWN_HEADERS.has(name.toLowerCase())).map((name) => `the header ${name} is set by the client itself`);
  const odd = names.filter((name) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)).map((name) => `"${name}" is no name of a header`);
  const twice = Object.keys(headerBlocks)
    .filter((name) => Object.hasOwn(secretHeaderBlocks, name))
    .map((name) => `the header block ${name} is given twice`);
  return [...own, ...odd, ...twice];
}
