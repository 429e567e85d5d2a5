import {
  PortolanError,
  asPortolanError,
  nearestName,
  type Clock,
  type Finding,
  type Logger,
  type ValueMap,
  type ValueMapDefinition,
  type ValueMapLookup,
} from "@portolan/core";
import { readRows, type Rows } from "./value-map-rows.ts";

/** The value maps of an app. */
export interface ValueMaps {
  readonly names: readonly string[];
  find(name: string): ValueMap | undefined;
  /** Reads what lies in files and in the definition, so that a start finds what is wrong with them. */
  check(report: (finding: Finding) => void): void;
}

export interface ValueMapParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly readFile: ((path: string) => unknown) | undefined;
  /** The body of a route's reply. */
  ask(route: string): Promise<unknown>;
}

export function createValueMaps(definitions: readonly ValueMapDefinition[], parts: ValueMapParts): ValueMaps {
  const maps = new Map(definitions.map((definition) => [definition.name, createValueMap(definition, parts)]));
  return {
    names: [...maps.keys()],
    find: (name) => maps.get(name),
    check(report) {
      for (const definition of definitions) {
        try {
          maps.get(definition.name)?.read();
        } catch (thrown) {
          const error = asPortolanError(thrown);
          report({
            path: `valueMaps.${definition.name}`,
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          });
        }
      }
    },
  };
}

/** Reads when it must: at a check or at the first lookup; again after `refresh`, while the old rows serve. */
function createValueMap(definition: ValueMapDefinition, parts: ValueMapParts): ValueMap & { read(): void } {
  let rows: Rows | undefined;
  let due = Infinity;
  let reading: Promise<Rows> | undefined;

  function keep(content: unknown): Rows {
    rows = readRows(content, definition);
    due = definition.refresh === undefined ? Infinity : parts.clock.now() + definition.refresh;
    return rows;
  }

  function readAtOnce(): Rows {
    if (definition.values !== undefined) return keep(definition.values);
    if (parts.readFile === undefined)
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `value map ${definition.name}: files of an app cannot be read here`);
    return keep(parts.readFile(definition.file ?? ""));
  }

  function ask(route: string): Promise<Rows> {
    reading ??= parts
      .ask(route)
      .then(keep)
      .finally(() => (reading = undefined));
    return reading;
  }

  /** What is there serves until what is new has come; rows that cannot be read leave the old ones. */
  function refresh(): void {
    due = parts.clock.now() + (definition.refresh ?? Infinity);
    const failed = (thrown: unknown): void =>
      parts.log.log("error", `the value map ${definition.name} could not be refreshed; its old rows serve`, {
        error: asPortolanError(thrown).message,
      });
    if (definition.route !== undefined) return void ask(definition.route).catch(failed);
    try {
      readAtOnce();
    } catch (thrown) {
      failed(thrown);
    }
  }

  function current(): Rows | Promise<Rows> {
    if (rows === undefined) return definition.route === undefined ? readAtOnce() : ask(definition.route);
    if (parts.clock.now() >= due) refresh();
    return rows;
  }

  return {
    read() {
      if (definition.route === undefined) readAtOnce();
    },
    find(value, options = {}) {
      if (value === undefined || value === null) return undefined;
      const found = current();
      return found instanceof Promise
        ? found.then((later) => lookUp(definition, later, { value, options }))
        : lookUp(definition, found, { value, options });
    },
  };
}

interface Question {
  readonly value: unknown;
  readonly options: ValueMapLookup;
}

function lookUp(definition: ValueMapDefinition, rows: Rows, { value, options }: Question): unknown {
  const key = String(value);
  const found = options.reverse === true ? rows.back(key) : rows.forth(key, options.column);
  if (found !== undefined) return found.value;
  if (Object.hasOwn(options, "otherwise")) return options.otherwise;
  if (definition.otherwise !== undefined) return definition.otherwise;
  const nearest = nearestName(key, rows.keys());
  const columns = options.column !== undefined && !rows.columns.includes(options.column);
  throw new PortolanError(
    "PORTOLAN_VALUE_INVALID",
    columns
      ? `the value map ${definition.name} has no column ${JSON.stringify(options.column)}; it has ${rows.columns.join(", ")}`
      : `the value map ${definition.name} has no ${options.reverse === true ? "key for" : "value for"} ${JSON.stringify(key)}`,
    {
      hint:
        nearest === undefined ? "add it to the map, or say what stands for it: `otherwise`" : `did you mean ${JSON.stringify(nearest)}?`,
    },
  );
}
