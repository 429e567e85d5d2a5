import { isDeepStrictEqual } from "node:util";
import { printSchema } from "graphql";
import { PortolanError, type Clock, type Logger } from "@portolan/core";
import { agreedPolicies, type Door, type DoorHost, type DoorPolicies, type MountedDoor, type PolicyOptions } from "@portolan/gateway";
import { createContractTypes } from "./contract-types.ts";
import { requestError } from "./field-error.ts";
import { fieldConfig, isPlacedField, type FieldDefinition } from "./field.ts";
import { placeWords } from "./field-place.ts";
import { createServedSchema, type ServedField, type ServedSchema } from "./served-schema.ts";
import { createServer, type Server } from "./server.ts";
import { strictest, type EndpointSettings } from "./settings.ts";
import { createTopic, type Topic } from "./topic.ts";
import type { WrittenSchema } from "./written-schema.ts";

export interface EndpointField extends ServedField {
  readonly written: WrittenSchema | undefined;
  /** Of those that are published to, there are none. */
  readonly settings?: EndpointSettings;
  readonly policies?: PolicyOptions | undefined;
}

/** A path at which all GraphQL doors of a host make one schema. It is there as long as it has fields. */
export interface Endpoint {
  /** Throws PORTOLAN_CONFIG_INVALID if the field is taken, or its types contradict those of another. */
  add(field: EndpointField): { remove(): void };
  /** What is published to a subscription, by one target or several. */
  publisher(field: FieldDefinition & Pick<EndpointField, "written">): { readonly topic: Topic; remove(): void };
}

export interface EndpointPlace {
  readonly host: DoorHost;
  readonly path: string;
  readonly log: Logger;
  readonly clock: Clock;
}

const endpoints = new WeakMap<DoorHost, Map<string, Endpoint>>();

/** The endpoint at a path of a host: the same for all doors. */
export function endpointAt(place: EndpointPlace): Endpoint {
  const ofHost = endpoints.get(place.host) ?? new Map<string, Endpoint>();
  endpoints.set(place.host, ofHost);
  const endpoint = ofHost.get(place.path) ?? createEndpoint(place);
  ofHost.set(place.path, endpoint);
  return endpoint;
}

function createEndpoint({ host, path, log, clock }: EndpointPlace): Endpoint {
  const fields = new Map<string, EndpointField>();
  const topics = new Map<string, { readonly field: FieldDefinition; readonly topic: Topic; readonly remove: () => void; users: number }>();
  let types = createContractTypes();
  let served: ServedSchema | undefined;
  let server: Server | undefined;
  let mounted: readonly MountedDoor[] = [];
  let policies: DoorPolicies | undefined;

  // Made with the first request, when all doors have come: a schema for each of a thousand fields would take a while.
  const schemaNow = () => {
    const all = [...fields.values()];
    return (served ??= createServedSchema(all, all.find(({ written }) => written !== undefined)?.written?.read)).schema;
  };
  const settings = () => strictest([...fields.values()].flatMap((field) => field.settings ?? []));

  const mount = (owner: string) => {
    const handle: Server = (exchange) => {
      server ??= createServer({ schema: schemaNow(), settings: settings(), clock, log });
      return server(exchange);
    };
    const door = { path, owner, timeoutMs: Infinity, problem: requestError, handle };
    const sdl: Door = {
      ...door,
      method: "GET",
      path: `${path}/schema.graphql`,
      handle(exchange) {
        if (!settings().introspection) throw new PortolanError("PORTOLAN_NOT_FOUND", "the schema is not told here");
        exchange.reply(200, { "content-type": "text/plain; charset=utf-8" }, `${printSchema(schemaNow())}\n`);
      },
    };
    const doors: readonly Door[] = [{ ...door, method: "POST" }, { ...door, method: "GET" }, sdl];
    mounted = doors.map((one) => host.mount(one, policies));
  };

  const checkNew = (field: EndpointField, key: string) => {
    const taken = fields.get(key);
    if (taken !== undefined) {
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${field.owner}: the GraphQL field ${key} is taken by ${taken.owner}`, {
        hint: "Each field leads to one route. Give one of them another name.",
      });
    }
    const other = [...fields.values()].find(({ written }) => written?.file !== field.written?.file);
    if (other !== undefined) {
      const said = [field, other].map(({ owner, written }) => `${owner} has ${written?.file ?? "one of its contracts"}`);
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} can serve one GraphQL schema: ${said.join(", ")}`, {
        hint: "Give one of them another path.",
      });
    }
    if (field.written === undefined && isPlacedField(field)) fieldConfig(field, types);
  };

  const add = (field: EndpointField) => {
    const key = placeWords(field.place);
    checkNew(field, key);
    const before = policies;
    policies = agreedPolicies(before, { name: `graphql ${path}`, owner: field.owner, options: field.policies });
    if (fields.size === 0 || policies !== before) {
      for (const door of mounted) door.unmount();
      mount(field.owner);
    }
    fields.set(key, field);
    served = server = undefined;
    return {
      remove() {
        if (fields.get(key) !== field) return;
        fields.delete(key);
        served = server = undefined;
        if (fields.size > 0) return;
        for (const door of mounted) door.unmount();
        mounted = [];
        policies = undefined;
        types = createContractTypes();
      },
    };
  };

  return {
    add,
    publisher(field) {
      const key = placeWords(field.place);
      const known = topics.get(key) ?? newTopic(field);
      const isSame = isDeepStrictEqual([known.field.output, known.field.filterBy], [field.output, field.filterBy]);
      if (!isSame) {
        throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${key} is published to by targets with different contracts or filters`, {
          hint: "Give all of them the same, or different names.",
        });
      }
      topics.set(key, known);
      known.users += 1;
      return {
        topic: known.topic,
        remove() {
          known.users -= 1;
          if (known.users > 0) return;
          topics.delete(key);
          known.remove();
          known.topic.close();
        },
      };
    },
  };

  function newTopic(field: FieldDefinition & Pick<EndpointField, "written">) {
    const topic = createTopic();
    return { field, topic, users: 0, ...add({ ...field, topic }) };
  }
}
