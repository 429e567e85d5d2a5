import { GraphQLBoolean, GraphQLObjectType, GraphQLSchema, printSchema } from "graphql";
import { PortolanError, type Logger } from "@portolan/core";
import { agreedPolicies, type Door, type DoorHost, type DoorPolicies, type MountedDoor } from "@portolan/gateway";
import { createContractTypes } from "./contract-types.ts";
import { requestError } from "./field-error.ts";
import { fieldConfig, type FieldConfig, type RouteField } from "./field.ts";
import type { QueryLimits } from "./query-limits.ts";
import { createServer, type Server } from "./server.ts";

/** A path at which all GraphQL doors of a host make one schema. It is there as long as it has fields. */
export interface Endpoint {
  /** Throws PORTOLAN_CONFIG_INVALID if the field is taken, or its types contradict those of another. */
  add(field: RouteField): { remove(): void };
}

const endpoints = new WeakMap<DoorHost, Map<string, Endpoint>>();

/** The endpoint at a path of a host: the same for all doors. */
export function endpointAt(host: DoorHost, path: string, log: Logger): Endpoint {
  const ofHost = endpoints.get(host) ?? new Map<string, Endpoint>();
  endpoints.set(host, ofHost);
  const endpoint = ofHost.get(path) ?? createEndpoint(host, path, log);
  ofHost.set(path, endpoint);
  return endpoint;
}

function createEndpoint(host: DoorHost, path: string, log: Logger): Endpoint {
  const fields = new Map<string, { readonly field: RouteField; readonly config: FieldConfig }>();
  let types = createContractTypes();
  let schema: GraphQLSchema | undefined;
  let server: Server | undefined;
  let mounted: readonly MountedDoor[] = [];
  let policies: DoorPolicies | undefined;

  // Made with the first request, when all doors have come: a schema for each of a thousand fields would take a while.
  const schemaNow = () => (schema ??= schemaOf([...fields.values()]));

  const mount = (owner: string) => {
    const handle: Server = (exchange) => {
      server ??= createServer(schemaNow(), strictest([...fields.values()].map(({ field }) => field.limits)), log);
      return server(exchange);
    };
    const door = { path, owner, timeoutMs: Infinity, problem: requestError, handle };
    const sdl: Door = {
      ...door,
      method: "GET",
      path: `${path}/schema.graphql`,
      handle: (exchange) => exchange.reply(200, { "content-type": "text/plain; charset=utf-8" }, `${printSchema(schemaNow())}\n`),
    };
    const doors: readonly Door[] = [{ ...door, method: "POST" }, { ...door, method: "GET" }, sdl];
    mounted = doors.map((one) => host.mount(one, policies));
  };

  return {
    add(field) {
      const key = `${field.operation} ${field.name}`;
      const taken = fields.get(key)?.field;
      if (taken !== undefined) {
        throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${field.owner}: the GraphQL ${key} is taken by ${taken.owner}`, {
          hint: "Each field leads to one route. Give one of them another name.",
        });
      }
      const config = fieldConfig(field, types);
      const before = policies;
      policies = agreedPolicies(before, { name: `graphql ${path}`, owner: field.owner, options: field.policies });
      if (fields.size === 0 || policies !== before) {
        for (const door of mounted) door.unmount();
        mount(field.owner);
      }
      fields.set(key, { field, config });
      schema = server = undefined;
      return {
        remove() {
          if (fields.get(key)?.field !== field) return;
          fields.delete(key);
          schema = server = undefined;
          if (fields.size > 0) return;
          for (const door of mounted) door.unmount();
          mounted = [];
          policies = undefined;
          types = createContractTypes();
        },
      };
    },
  };
}

function strictest(limits: readonly QueryLimits[]): QueryLimits {
  const least = (name: keyof QueryLimits) => Math.min(...limits.map((one) => one[name]));
  return { depth: least("depth"), aliases: least("aliases"), cost: least("cost") };
}

/** A schema has to have queries. */
const NO_QUERY: FieldConfig = { type: GraphQLBoolean, description: "No route is a query here.", resolve: () => null };

function schemaOf(fields: readonly { readonly field: RouteField; readonly config: FieldConfig }[]): GraphQLSchema {
  const fieldsOf = (operation: RouteField["operation"]) =>
    Object.fromEntries(fields.filter(({ field }) => field.operation === operation).map(({ field, config }) => [field.name, config]));
  const queries = fieldsOf("query");
  const mutations = fieldsOf("mutation");
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields: Object.keys(queries).length === 0 ? { _empty: NO_QUERY } : queries }),
    mutation: Object.keys(mutations).length === 0 ? null : new GraphQLObjectType({ name: "Mutation", fields: mutations }),
  });
}
