import {
  CONNECTOR,
  describeValue,
  isRecord,
  option,
  readOptions,
  required,
  unknownKey,
  withDefault,
  type ConnectorDefinition,
  type SourceNode,
  type TargetNode,
} from "@portolan/core";
import type { TreeContext } from "./tree-context.ts";

const addressOptions = {
  address: required(option.expression, "The address: `channel:NAME`, `route:ID` or a connector's URI"),
  allow: withDefault(option.listOf(option.name), [], "Patterns with `*`; a connector address must match one"),
  onUnknown: withDefault(option.oneOf("fail", "skip"), "fail", "An address that does not resolve"),
  onEmpty: withDefault(option.oneOf("fail", "skip"), "fail", "An address that is missing or blank"),
};

/** Reads where a message goes. */
export function readTarget(value: unknown, context: TreeContext): TargetNode | undefined {
  const { registry } = context.reading;
  const connectors = registry.connectors.filter((connector) => connector.target !== undefined).map((connector) => connector.name);
  const forms = ["channel", "route", "address", ...(registry.records === true ? ["record"] : []), ...connectors];
  if (!isRecord(value)) {
    context.report({ message: "a target must be a map with one key", expected: `one of ${forms.join(", ")}`, found: describeValue(value) });
    return undefined;
  }
  const { system, ...rest } = value;
  const systemName = typeof system === "string" ? system : undefined;
  if (system !== undefined && systemName === undefined)
    context.at("system").report({ message: "wrong value", expected: "the name of a system", found: describeValue(system) });
  if ("address" in rest) {
    const read = readOptions(addressOptions, rest, context);
    return read === undefined ? undefined : { kind: "address", ...read };
  }
  const [name, ...others] = Object.keys(rest);
  if (name === undefined || others.length > 0) {
    context.report({ message: "a target has exactly one key", expected: `one of ${forms.join(", ")}`, found: describeValue(value) });
    return undefined;
  }
  const under = context.at(name);
  if (name === "channel" || name === "route" || name === "record") {
    if (!forms.includes(name)) {
      under.report({
        message: "recorders exist in tests only",
        expected: `one of ${forms.filter((form) => form !== "record").join(", ")}`,
        found: "record",
      });
      return undefined;
    }
    const named = option.name.read(rest[name], under);
    if (named === undefined) return undefined;
    return name === "channel"
      ? { kind: "channel", channel: named }
      : name === "route"
        ? { kind: "route", route: named }
        : { kind: "record", name: named };
  }
  const connector = connectorOf(value, name, registry.connectors);
  if (connector?.target === undefined) {
    under.report(
      connector === undefined
        ? unknownKey(name, forms)
        : { message: `${name} is no target`, expected: `one of ${forms.join(", ")}`, found: name },
    );
    return undefined;
  }
  const options = readOptions(connector.target.options, rest[name], under);
  if (options === undefined) return undefined;
  for (const message of connector.target.check?.(options) ?? []) under.report({ message });
  return { kind: "connector", connector, options, system: systemName, path: under.path };
}

/** Reads where messages come from. */
export function readSource(value: unknown, context: TreeContext): SourceNode | undefined {
  const { registry } = context.reading;
  const forms = [
    "channel",
    ...registry.connectors.filter((connector) => connector.source !== undefined).map((connector) => connector.name),
  ];
  const keys = isRecord(value) ? Object.keys(value) : [];
  const [name] = keys;
  if (!isRecord(value) || name === undefined || keys.length > 1) {
    context.report({ message: "a source must be a map with one key", expected: `one of ${forms.join(", ")}`, found: describeValue(value) });
    return undefined;
  }
  const under = context.at(name);
  if (name === "channel") {
    const channel = option.name.read(value[name], under);
    return channel === undefined ? undefined : { kind: "channel", channel };
  }
  const connector = connectorOf(value, name, registry.connectors);
  if (connector?.source === undefined) {
    under.report(
      connector === undefined
        ? unknownKey(name, forms)
        : { message: `${name} is no source`, expected: `one of ${forms.join(", ")}`, found: name },
    );
    return undefined;
  }
  const options = readOptions(connector.source.options, value[name], under);
  if (options === undefined) return undefined;
  for (const message of connector.source.check?.(options) ?? []) under.report({ message });
  return { kind: "connector", connector, options, path: under.path, place: context.place() };
}

/** The builder's values carry their connector; flow files name it. */
function connectorOf(value: object, name: string, known: readonly ConnectorDefinition[]): ConnectorDefinition | undefined {
  if (CONNECTOR in value) return value[CONNECTOR] as ConnectorDefinition;
  return known.find((connector) => connector.name === name);
}

export { addressOptions };
