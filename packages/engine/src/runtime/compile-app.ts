import { PortolanError, type ChannelDefinition, type ContractCheck, type Expression, type Finding } from "@portolan/core";
import type { Evaluate } from "../pattern.ts";
import { createChannel, type Channel } from "./channel.ts";
import { compileRoute, type Reentry } from "./compile-route.ts";
import { contractOf, type CompileContext, type Report } from "./compile-steps.ts";
import { guarded } from "./expressions.ts";
import type { Route } from "./route.ts";

export interface CompiledApp {
  readonly routes: ReadonlyMap<string, Route>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Blocks that dead letters go back to, by their inbox. */
  readonly reentries: ReadonlyMap<string, Reentry>;
  readonly inputs: ReadonlyMap<string, ContractCheck | undefined>;
  readonly outputs: ReadonlyMap<string, ContractCheck | undefined>;
}

/** Compiles all routes and channels of an app into closures; throws PORTOLAN_CONFIG_INVALID with everything that is wrong. */
export function compileApp(context: CompileContext): CompiledApp {
  const findings: Finding[] = [];
  const report: Report = (finding) => findings.push(finding);
  context.valueMaps.check(report);
  const compiled = context.app.routes.map((definition) => ({ id: definition.id, ...compileRoute(context, definition, report) }));
  const routes = new Map(compiled.map(({ id, route }) => [id, route]));
  const readersOf = (channel: string) =>
    context.app.routes
      .filter((route) => route.from.some((source) => source.kind === "channel" && source.channel === channel))
      .map((route) => routes.get(route.id) as Route);
  const channels = new Map<string, Channel>();
  for (const definition of context.app.channels) {
    const readers = readersOf(definition.name);
    channels.set(definition.name, compileChannel(context, definition, { consumers: () => readers, report }));
  }
  for (const channel of context.pollers.channels) {
    if (channels.get(channel)?.definition.mode === "direct")
      report({
        path: `channels.${channel}`,
        message: "a direct channel has no buffer to poll",
        expected: "mode: memory or durable",
        found: "direct",
      });
    const [reader] = readersOf(channel);
    if (reader === undefined) continue;
    report({
      path: `channels.${channel}`,
      message: "a polled channel must have no consuming route",
      expected: "no route that reads it",
      found: reader.id,
    });
  }
  if (findings.length > 0) throw invalidConfiguration(findings);
  return {
    routes,
    channels,
    reentries: new Map(
      compiled
        .flatMap(({ reentries }) => [...reentries])
        .map(([inbox, reentry]) => [inbox, { ...reentry, route: routes.get(reentry.onTheSide?.enters ?? "") ?? reentry.route }]),
    ),
    inputs: new Map(compiled.map(({ id, input }) => [id, input])),
    outputs: new Map(compiled.map(({ id, output }) => [id, output])),
  };
}

/** The one error for all that is wrong with a configuration. */
export function invalidConfiguration(findings: readonly Finding[]): PortolanError {
  const first = findings[0];
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  const where = first?.place === undefined ? first?.path : `${first.place.file}:${first.place.line ?? 1}`;
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${where}: ${first?.message}${more}`, { findings });
}

function compileChannel(
  context: CompileContext,
  definition: ChannelDefinition,
  { consumers, report }: { readonly consumers: () => readonly Route[]; readonly report: Report },
): Channel {
  const path = `channels.${definition.name}`;
  const evaluate = (value: Expression | undefined, key: string): Evaluate | undefined =>
    value === undefined
      ? undefined
      : guarded(
          context.expressions.compile(value, (message, found) =>
            report({ path: `${path}.${key}`, message: `the expression cannot be compiled: ${message}`, expected: "an expression", found }),
          ),
        );
  return createChannel({
    definition,
    contract: contractOf(context, definition.contract, { path: `${path}.contract`, report }),
    orderedBy: evaluate(definition.orderedBy, "orderedBy"),
    priority: evaluate(definition.priority, "priority"),
    delay: typeof definition.delay === "number" ? definition.delay : evaluate(definition.delay, "delay"),
    consumers,
  });
}
