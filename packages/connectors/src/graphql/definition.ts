import { asMissingPackage, defineConnector, type ConnectorDefinition } from "@portolan/core";
import { checkPath, checkPolicies } from "@portolan/gateway";
import { checkPlace, placeOf, placeWords } from "./field-place.ts";
import { doorOptions, type DoorOptions } from "./options.ts";
import { checkTarget, describeTarget, targetOptions } from "./target-options.ts";

const PACKAGES = ["graphql", "graphql-yoga"] as const;

/** GraphQL: routes as the fields of a schema, made of their contracts or written first. */
export const graphqlConnector: ConnectorDefinition = defineConnector({
  name: "graphql",
  title: "GraphQL",
  summary:
    "Routes as fields of a GraphQL schema that is made of their contracts or written first, messages for its subscribers, and operations of other servers.",
  source: {
    summary: "A field of the schema: its arguments are the message, the route's result is its value.",
    options: doorOptions,
    describe(options) {
      const place = placeOf(options, "_");
      if (place === undefined) return "";
      const isNamed = options.query !== true && options.mutation !== true;
      return `${isNamed ? placeWords(place) : `${place.type} of the route's name`} at ${options.path}`;
    },
    check: checkDoor,
    checkAll: async (sources, services, targets) =>
      sources.length === 0 && (targets ?? []).length === 0
        ? []
        : await withPackages("GraphQL", async () => (await import("./check-doors.ts")).findings(sources, services, targets ?? [])),
    replies: true,
    // Loaded where it is used: apps without a GraphQL door need neither graphql nor its server.
    open: (options, context) => withPackages("a GraphQL door", async () => (await import("./source.ts")).openField(options, context)),
  },
  target: {
    summary: "Subscribers of a field get each message; or a client sends each message to another server and yields the data of the answer.",
    options: targetOptions,
    describe: describeTarget,
    check: (options) => [...checkTarget(options), ...pathFaults(options.path)],
    replies: true,
    open: (options, context) =>
      options.subscription === undefined
        ? withPackages("a GraphQL client", async () => (await import("./client.ts")).openClient(options, context))
        : withPackages("a GraphQL subscription", async () => (await import("./publisher.ts")).openPublisher(options, context)),
  },
});

async function withPackages<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    throw asMissingPackage(thrown, what, PACKAGES);
  }
}

function checkDoor(options: DoorOptions): readonly string[] {
  const faults = [...checkPlace(options), ...pathFaults(options.path), ...checkPolicies(options.policies)];
  if (options.persistedOnly && options.persisted === undefined)
    faults.push("persistedOnly is about a file of operations, and none is given");
  return faults;
}

function pathFaults(path: string): readonly string[] {
  const fault = checkPath(path);
  return fault === undefined ? [] : [`${path} is no path pattern: ${fault}`];
}
