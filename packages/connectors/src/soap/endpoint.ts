import { PortolanError } from "@portolan/core";
import {
  agreedPolicies,
  statusProblem,
  type Door,
  type DoorHost,
  type DoorPolicies,
  type Exchange,
  type MountedDoor,
  type OnBody,
  type PolicyOptions,
  type Problem,
} from "@portolan/gateway";
import { readAddressing, unsupportedAction, type Addressing } from "./addressing/addressing.ts";
import { answerFault, errorFault, faultOfError, problemFault } from "./answer-fault.ts";
import type { Envelope } from "./envelope.ts";
import type { FaultMessage } from "./fault.ts";
import { readPackage } from "./mtom/read-package.ts";
import type { ServiceSource } from "./service-source.ts";
import { actionsOf, checkUnderstood, findOperation, readHead, readRequest, type RequestHead } from "./request.ts";
import type { ServiceModel, SoapOperation, SoapVersion } from "./wsdl/service-model.ts";
import { parseXml, type ParsedXml } from "./xml/parse-xml.ts";

/** A route as the operation of a service. */
export interface RouteOperation {
  /** The name of the operation. */
  readonly name: string;
  /** Who answers it; said when two routes want the same operation. */
  readonly owner: string;
  readonly maxBodyBytes: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly policies: PolicyOptions | undefined;
  /** Called before the first request, and again when the service has changed. */
  open(service: ServiceModel): OpenOperation;
}

export interface OpenOperation {
  readonly operation: SoapOperation;
  /** The names of the header blocks that it understands. */
  readonly understood: ReadonlySet<string>;
  /** Answers a request. What it throws becomes a fault. */
  answer(request: SoapRequest): void | Promise<void>;
}

export interface SoapRequest {
  readonly exchange: Exchange;
  readonly envelope: Envelope;
  readonly head: RequestHead;
  /** What its headers of WS-Addressing say, if it has them. */
  readonly addressing: Addressing | undefined;
  /** To be read before `answer` returns. */
  readonly parsed: ParsedXml;
}

/** A path at which the operations of one service are answered. It is there as long as it has some. */
export interface Endpoint {
  /** Throws PORTOLAN_CONFIG_INVALID if the operation is taken, or the path by another service. */
  add(service: ServiceSource, route: RouteOperation): { remove(): void };
}

export interface EndpointPlace {
  readonly host: DoorHost;
  readonly path: string;
  /** Of the service, as clients reach it; without it what the caller wrote in `Host`. */
  readonly origin: string | undefined;
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

function createEndpoint({ host, path, origin }: EndpointPlace): Endpoint {
  const routes = new Map<string, RouteOperation>();
  let service: ServiceSource | undefined;
  let opened: Offer | undefined;
  let mounted: readonly MountedDoor[] = [];
  let policies: DoorPolicies | undefined;

  const offer = (): Offer => (opened ??= offerOf(service?.model(), [...routes.values()]));

  const post = (exchange: Exchange): OnBody | void => {
    const head = readHead(exchange);
    if (head !== undefined) return { body: (bytes) => receive(exchange, head, bytes), lost() {} };
    answerFault(
      { exchange, version: oldest() },
      {
        code: "Client",
        status: 415,
        reason: "a SOAP message is text/xml (1.1), application/soap+xml (1.2), or multipart/related of the type application/xop+xml (MTOM)",
      },
    );
  };

  const oldest = (): SoapVersion => (offer().versions.has("1.1") ? "1.1" : "1.2");
  const problem = (found: Problem, exchange: Exchange) => problemFault(readHead(exchange)?.version ?? oldest(), found);

  const receive = (exchange: Exchange, head: RequestHead, bytes: Buffer): void | Promise<void> => {
    let parsed: ParsedXml;
    try {
      parsed = head.isPackage ? parseXml(readPackage(String(exchange.headers["content-type"]), bytes)) : parseXml(bytes, head.charset);
    } catch (error) {
      // WS-I Basic Profile 1.1, R1113.
      return answerFault({ exchange, version: head.version }, { ...faultOfError(error, exchange), status: 400 });
    }
    // It is read before the route begins; what the route does takes its own time.
    using document = parsed;
    const { versions } = offer();
    const envelope = readRequest(document.tree, versions);
    if ("code" in envelope) {
      const version = envelope.code === "VersionMismatch" && !versions.has("1.2") ? "1.1" : head.version;
      return answerFault({ exchange, version }, envelope);
    }
    const addressed = readAddressing(envelope.headers, head.action);
    const asker = { exchange, version: envelope.version, addressing: addressed?.addressing };
    if (addressed?.wrong !== undefined) return answerFault(asker, addressed.wrong);
    try {
      const route = routeOf(envelope, addressed?.addressing.action ?? head.action);
      if ("code" in route) return answerFault(asker, route);
      if (addressed !== undefined && !actionsOf(route.operation).includes(addressed.addressing.action))
        return answerFault(asker, unsupportedAction(addressed.addressing.action));
      const answered = route.answer({ exchange, envelope, head, addressing: addressed?.addressing, parsed: document });
      return answered instanceof Promise ? answered.catch((error: unknown) => errorFault(asker, error)) : answered;
    } catch (error) {
      return errorFault(asker, error);
    }
  };

  const routeOf = (envelope: Envelope, action: string): OpenOperation | FaultMessage => {
    const route = findOperation(envelope, action, offer().operations);
    if ("code" in route) return route;
    return checkUnderstood(envelope, route.understood) ?? route;
  };

  const get = (exchange: Exchange): void => {
    const [, word = "", index] = /^(wsdl|xsd)(?:=(\d+))?$/i.exec(exchange.queryText) ?? [];
    const kind = ({ wsdl: "wsdl", xsd: "xsd" } as const)[word.toLowerCase()];
    const url = `${origin ?? `http://${String(exchange.headers["host"] ?? "localhost")}`}${path}`;
    const link = kind === undefined ? undefined : { kind, index: index === undefined ? undefined : Number(index) };
    const text = link === undefined ? undefined : service?.document(link, url);
    if (text !== undefined) return exchange.reply(200, { "content-type": "text/xml; charset=utf-8" }, text);
    const problem =
      kind === undefined
        ? statusProblem(405, "SOAP messages are sent with POST; ?wsdl describes them")
        : statusProblem(404, "there is no such document");
    exchange.reply(
      problem.status,
      { ...problem.headers, ...(kind === undefined ? { allow: "POST" } : {}) },
      JSON.stringify(problem.details),
    );
  };

  /** Mounted anew with what its doors allow together. */
  const mount = (): void => {
    for (const door of mounted) door.unmount();
    opened = undefined;
    const offered = [...routes.values()];
    const [first] = offered;
    if (first === undefined) {
      policies = undefined;
      return;
    }
    const door = {
      path,
      owner: first.owner,
      maxBodyBytes: most(offered, "maxBodyBytes"),
      timeoutMs: most(offered, "timeoutMs"),
    } satisfies Partial<Door>;
    mounted = [
      host.mount({ ...door, method: "POST", problem, handle: post }, policies),
      host.mount({ ...door, method: "GET", handle: get }, policies),
    ];
  };

  return {
    add(given, route) {
      const { name } = route;
      const taken = routes.get(name);
      if (service !== undefined && service !== given && routes.size > 0) {
        throw new PortolanError(
          "PORTOLAN_CONFIG_INVALID",
          `${route.owner}: the path ${path} is taken by the service ${service.name} of ${[...routes.values()][0]?.owner}`,
          {
            hint: "give one of the services another path",
          },
        );
      }
      if (taken !== undefined) {
        throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${route.owner}: the operation ${name} at ${path} is taken by ${taken.owner}`, {
          hint: "each operation leads to one route",
        });
      }
      policies = agreedPolicies(policies, { name: `soap ${path}`, owner: route.owner, options: route.policies });
      service = given;
      routes.set(name, route);
      mount();
      return {
        remove() {
          if (routes.get(name) !== route) return;
          routes.delete(name);
          mount();
        },
      };
    },
  };
}

/** What an endpoint answers. */
interface Offer {
  readonly operations: readonly OpenOperation[];
  readonly versions: ReadonlySet<SoapVersion>;
}

function offerOf(service: ServiceModel | undefined, routes: readonly RouteOperation[]): Offer {
  const operations = service === undefined ? [] : routes.map((route) => route.open(service));
  return { operations, versions: new Set(operations.flatMap(({ operation }) => operation.ports.map(({ version }) => version))) };
}

/** The most that any door allows; undefined, which is the host's limit, if one of them does not say. */
function most(routes: readonly RouteOperation[], name: "maxBodyBytes" | "timeoutMs"): number | undefined {
  const limits = routes.map((route) => route[name]);
  return limits.includes(undefined) ? undefined : Math.max(...limits.map(Number));
}
