import { asMissingPackage, defineConnector, type ConnectorDefinition } from "@portolan/core";
import { checkPath } from "@portolan/gateway";
import { doorOptions, type DoorOptions } from "./options.ts";

/** SOAP: the operations of WSDL documents as sources. */
export const soapConnector: ConnectorDefinition = defineConnector({
  name: "soap",
  title: "SOAP",
  summary: "Operations of WSDL documents as messages.",
  source: {
    summary: "A door: the operation of a WSDL document is answered with the route's result.",
    options: doorOptions,
    describe: ({ operation = "", service = "" }) => `${operation} of ${service}`,
    check: checkDoor,
    checkAll: (sources, services) => loaded(async () => (await import("./unrouted.ts")).unroutedOperations(sources, services)),
    replies: true,
    // Loaded where it is used: apps without a SOAP door do not need libxml2.
    open: (options, context) => loaded(async () => (await import("./source.ts")).openOperation(options, context)),
  },
});

async function loaded<Value>(load: () => Promise<Value>): Promise<Value> {
  try {
    return await load();
  } catch (thrown) {
    throw asMissingPackage(thrown, "SOAP", ["libxml2-wasm"]);
  }
}

function checkDoor({ service, operation, path, address }: DoorOptions): readonly string[] {
  const faults: string[] = [];
  if (service === undefined) faults.push("service is missing: which WSDL document is it?");
  if (operation === undefined) faults.push("operation is missing: which one of the service is it?");
  const fault = path === undefined ? undefined : checkPath(path);
  if (fault !== undefined) faults.push(`${path} is no path pattern: ${fault}`);
  if (address !== undefined && !/^https?:\/\/[^/?#]+$/.test(address))
    faults.push(`address: expected scheme and host such as https://api.shop.example, found ${address}`);
  return faults;
}
