import { defineConnector, listNames, type ConnectorDefinition, type OptionSpec } from "@portolan/core";
import { checkPath, checkPolicies, pathParameters } from "@portolan/gateway";
import { checkClient } from "./client/check-client.ts";
import { clientOptions, type ClientOptions } from "./client/options.ts";
import { createUrlTemplate } from "./client/url-template.ts";
import { doorOptions, type DoorOptions } from "./options.ts";
import { OWN_SCHEMES } from "./admission.ts";
import { checkVersion } from "./door-version.ts";
import { checkOperation, operationOf } from "./rest-method.ts";

/** REST: doors that answer HTTP requests, and a client for those of other systems. */
export const restConnector: ConnectorDefinition = defineConnector({
  name: "rest",
  title: "REST",
  summary: "HTTP requests as messages, and messages as HTTP requests.",
  source: {
    summary: "A door on the node's HTTP host: answers one method on one path with the route's result.",
    options: doorOptions,
    describe: describeDoor,
    check: checkDoor,
    checkAll: async (sources, services, targets = []) => {
      const [{ unroutedOperations }, { clientFindings }] = await Promise.all([
        import("./unrouted.ts"),
        import("./client/check-targets.ts"),
      ]);
      return [...(await unroutedOperations(sources, services)), ...(await clientFindings(targets, services))];
    },
    replies: true,
    // Loaded where it is used: an app with doors only starts without the client, and the other way round.
    open: async (options, context) =>
      options.api !== undefined && options.operation === undefined
        ? (await import("./mock-doors.ts")).openMocks(options, context)
        : (await import("./source.ts")).openDoor(options, context),
  },
  target: {
    summary: "A client: sends each message to a URL of another system, or to an operation of its API description, and yields its reply.",
    options: clientOptions,
    describe: describeClient,
    check: checkClient,
    replies: true,
    open: async (options, context) => (await import("./client/target.ts")).openClient(options, context),
    address: { schemes: ["http", "https"], options: optionsOfAddress },
  },
});

function describeOperation(options: Parameters<typeof operationOf>[0], show: (place: string) => string = (place) => place): string {
  const operation = operationOf(options);
  return operation === undefined ? "" : `${operation.method} ${show(operation.place)}`;
}

/** Where the document puts it is known when it is read. */
function describeDoor(options: DoorOptions): string {
  return options.api === undefined ? describeOperation(options) : `${options.operation ?? "mock"} of ${options.api}`;
}

function describeClient(options: ClientOptions): string {
  return options.client === undefined
    ? describeOperation(options, (url) => createUrlTemplate(url).shown)
    : `${options.operation ?? ""} of ${options.client}`;
}

/** What an API description says about a door, and its options therefore do not. */
const SAID_BY_API = ["get", "post", "put", "patch", "delete", "head", "options", "query", "consumes", "parameters"] as const;

function checkApiDoor(options: DoorOptions): readonly string[] {
  const repeated: string[] = SAID_BY_API.filter((name) => options[name] !== undefined).map((name) => `${name} is said by api already`);
  if (options.mock === true && options.mode === "accept") repeated.push("mock answers what api promises, and mode accept the id only");
  return options.operation === undefined && options.mock !== true
    ? ["api is given without operation: which one is it?", ...repeated]
    : repeated;
}

function checkDoor(options: DoorOptions): readonly string[] {
  return [...checkVersion(options), ...(options.api === undefined ? checkOwnDoor(options) : checkApiDoor(options))];
}

function checkOwnDoor(options: DoorOptions): readonly string[] {
  for (const name of ["operation", "checkReplies", "unrouted", "mock"] as const)
    if (options[name] !== undefined) return [`${name} is about an api, and none is given`];
  const operation = operationOf(options);
  const faults = [...checkOperation(options)];
  if (operation === undefined || faults.length > 0) return faults;
  const fault = checkPath(operation.place);
  if (fault !== undefined) faults.push(`${operation.place} is no path pattern: ${fault}`);
  if (options.parameters?.path !== undefined && pathParameters(operation.place).length === 0) {
    faults.push(`parameters.path describes parameters, and the path ${operation.place} has none`);
  }
  if (!operation.hasBody && options.consumes !== undefined)
    faults.push(`consumes says what bodies are taken, and ${operation.method} has none`);
  if (!operation.hasBody && options.maxBody !== undefined) faults.push(`maxBody limits bodies, and ${operation.method} has none`);
  if (options.mode === "accept" && options.produces !== undefined)
    faults.push("produces is about results, and mode accept answers with the id only");
  const scheme = Object.keys(options.credentials ?? {}).find((name) => !Object.hasOwn(OWN_SCHEMES, name));
  if (scheme !== undefined) faults.push(`credentials: expected ${listNames(Object.keys(OWN_SCHEMES))}, found ${scheme}`);
  faults.push(...checkPolicies(options.policies));
  return faults;
}

/** A computed address is sent to with POST. Braces in it are data, not placeholders. */
function optionsOfAddress(address: string): ClientOptions {
  const post = address.replaceAll("{", "%7B").replaceAll("}", "%7D");
  const defaults = Object.entries<OptionSpec>(clientOptions).filter(([, spec]) => spec.presence === "default");
  // The specs give the defaults their types; only the method is without one.
  return { ...Object.fromEntries(defaults.map(([name, spec]) => [name, spec.default])), post } as ClientOptions;
}
