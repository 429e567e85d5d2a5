import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  createMessage,
  isRecord,
  PortolanError,
  silentLogger,
  type ConnectorServices,
  type OptionSpecs,
  type RunningSource,
} from "@portolan/core";
import { connectors } from "@portolan/connectors";
import { exampleOf, readLocalFile, readWsdl, type MessageShape, type ServiceModel, type SoapOperation } from "@portolan/connectors/wsdl";
import { createFormats } from "@portolan/formats";
import { createHttpHost, type HttpHost } from "@portolan/gateway";
import type { Suite } from "./suite.ts";

/** A folder of WSDL documents; WSDL_DIRECTORY says another one. */
const folder = process.env["WSDL_DIRECTORY"] ?? path.resolve(import.meta.dirname, "../../../shared/suites/wsdl");

/** Every document is read, or refused with a reason; each operation is called by our client at our door, with examples made of its schema. */
export const wsdlSuite: Suite = {
  name: "WSDL",
  async run() {
    if (!existsSync(folder)) return { cases: 0, failures: [], skipped: `it is not at ${folder}` };
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:wsdl|txt)$/i.test(name))
      .toSorted();
    const failures: string[] = [];
    const counts = { documents: 0, refused: 0, operations: 0 };
    for (const name of files) {
      const service = readOrReason(path.join(folder, name));
      if (typeof service === "string") counts.refused += 1;
      else {
        counts.documents += 1;
        counts.operations += service.operations.length;
        for (const operation of service.operations) {
          const failure = await called(operation, path.join(folder, name));
          if (failure !== undefined) failures.push(`${name}: ${operation.name}: ${failure}`);
        }
      }
    }
    return {
      cases: counts.operations,
      failures,
      remark: `operations can be called; of ${files.length} documents ${counts.documents} are read and ${counts.refused} refused with a reason`,
    };
  },
};

/** Any other error than one with a reason is a failure. */
function readOrReason(file: string): ServiceModel | string {
  try {
    return readWsdl(file, readLocalFile);
  } catch (error) {
    if (error instanceof PortolanError) return error.message;
    throw error;
  }
}

/** Calls one operation at a door of its own; says what went wrong. */
async function called(operation: SoapOperation, file: string): Promise<string | undefined> {
  const soap = connectors.find(({ name }) => name === "soap");
  if (soap?.source === undefined || soap.target === undefined) return "there is no SOAP connector";
  const { model } = operation.schemas;
  const [request, reply] = [exampleBody(operation.input), exampleBody(operation.output)];
  const host = createHttpHost({ port: 0, log: silentLogger });
  let received: unknown;
  let door: RunningSource | undefined;
  try {
    const common = {
      log: silentLogger,
      random: { next: () => 0.5 },
      clock: { now: () => 0, after: () => ({ cancel() {} }) },
      services: servicesOf(file, host),
    };
    door = await soap.source.open(
      defaults(soap.source.options, { service: path.basename(file), operation: operation.name, path: "/soap" }),
      {
        ...common,
        route: "test",
        name: "test/soap",
        position: async () => undefined,
        async deliver({ body }) {
          received = body;
          return createMessage("m1", reply);
        },
      },
    );
    const { origin } = await host.listen();
    const options = { wsdl: path.basename(file), operation: operation.name, address: `${origin}/soap` };
    const client = await soap.target.open(defaults(soap.target.options, options), { ...common, expression: () => () => undefined });
    const answer = await client.send(createMessage("m1", request), { mode: "call", key: "k" });
    await client.close();
    if (!isAlike(received, request)) return `the route got ${JSON.stringify(received)}, expected ${JSON.stringify(request)}`;
    if (operation.output !== undefined && !isAlike(answer?.body, reply))
      return `the client got ${JSON.stringify(answer?.body)}, expected ${JSON.stringify(reply)}`;
    return undefined;
  } catch (error) {
    return error instanceof PortolanError ? error.message : String(error instanceof Error ? error.stack : error);
  } finally {
    await door?.close();
    await host.close({ deadlineMs: 0 });
  }

  function exampleBody(shape: MessageShape | undefined): unknown {
    const [first, ...others] = shape?.body ?? [];
    if (first === undefined) return null;
    return others.length === 0
      ? exampleOf(first, model)
      : Object.fromEntries((shape?.body ?? []).map((one) => [one.name, exampleOf(one, model)]));
  }
}

function defaults(specs: OptionSpecs, given: object): Readonly<Record<string, unknown>> {
  const standard = Object.entries(specs).filter(([, spec]) => spec.presence === "default");
  return { ...Object.fromEntries(standard.map(([name, spec]) => [name, spec.default])), ...given };
}

/** The document may refer to files beside its own folder, which the app's directory would keep from it. */
function servicesOf(file: string, http: HttpHost): ConnectorServices {
  return { ...createFormats(), http, directory: path.dirname(file) };
}

/** Examples are made of texts that a schema has, which are read as what they mean: 1 for "1". */
function isAlike(found: unknown, expected: unknown): boolean {
  return isDeepStrictEqual(plain(found), plain(expected));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, held]) => [key.replace(/^\{.*\}/, ""), plain(held)]));
  return value === null ? null : String(value);
}
