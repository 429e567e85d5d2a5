import {
  PortolanError,
  createIds,
  NO_ATTRIBUTES,
  NO_HEADERS,
  type Awaitable,
  type JournalEntry,
  type Message,
  type RouteDefinition,
} from "@portolan/core";
import type { Engine, EngineOptions } from "./engine.ts";
import { patterns as allPatterns } from "./patterns.gen.ts";
import type { StepServices } from "./pattern.ts";
import { createCapacity } from "./runtime/capacity.ts";
import { createClaims } from "./runtime/claims.ts";
import { createCommitter } from "./runtime/committer.ts";
import { compileApp, type CompiledApp } from "./runtime/compile-app.ts";
import { createConsumers, type Consumers } from "./runtime/consumers.ts";
import { createEndpoints } from "./runtime/endpoints.ts";
import { Execution } from "./runtime/execution.ts";
import { createExpressions } from "./runtime/expressions.ts";
import { createEndings } from "./runtime/endings.ts";
import { routeOfDirectChannel } from "./runtime/direct-channel.ts";
import { createEntrances, type Entrance } from "./runtime/entrances.ts";
import { errorOf } from "./runtime/failure.ts";
import { createGate, type Gate } from "./runtime/gate.ts";
import { createPolledSources } from "./runtime/polled-sources.ts";
import { POLLER, createPollers } from "./runtime/pollers.ts";
import { createSideWork } from "./runtime/side-work.ts";
import { createStage } from "./runtime/stage.ts";
import { createStateTables } from "./runtime/state-table.ts";
import { openSources, type Sources } from "./runtime/sources.ts";
import { createValueMaps } from "./runtime/value-maps.ts";
import { UnitOfWork } from "./runtime/unit-of-work.ts";

/** Makes an engine; nothing runs before `start`. */
export function createEngine(options: EngineOptions): Engine {
  const { app, stores, clock, random, log, services } = options;
  const journal = options.journal ?? "failures";
  const ids = createIds(() => clock.now(), random);
  const stopping = new AbortController();
  const listeners: ((entry: JournalEntry) => void)[] = [];
  const channelDefinitions = new Map(app.channels.map((channel) => [channel.name, channel]));
  const readers = new Map<string, string[]>();
  for (const route of app.routes) {
    for (const source of route.from)
      if (source.kind === "channel") readers.set(source.channel, [...(readers.get(source.channel) ?? []), route.id]);
  }
  const gates = new Map<string, Gate>();
  for (const route of app.routes) if (route.concurrency !== undefined) gates.set(route.id, createGate(route.concurrency));

  let status: Engine["status"] = "new";
  let compiled: CompiledApp | undefined;
  let consumers: Consumers | undefined;
  let sources: Sources | undefined;
  let inFlight = 0;
  let idle: (() => void) | undefined;

  const capacity = createCapacity({
    capacity: (name) => channelDefinitions.get(name)?.capacity ?? Infinity,
    subscribers: (name) => readers.get(name) ?? (pollers.channels.has(name) ? [POLLER] : []),
  });
  const committer = createCommitter({
    clock,
    stores,
    channel: (name) => channelDefinitions.get(name),
    capacity,
  });
  const endpoints = createEndpoints({
    channel: (name) => compiled?.channels.get(name),
    route: (id) => compiled?.routes.get(id),
    recorder: options.recorder,
    connectors: options.connectors ?? [],
    context: { clock, random, log, services },
  });
  const endings = createEndings({
    app,
    clock,
    random,
    log,
    committer,
    journal,
    settled: capacity.settled,
    recorded: (entry) => {
      for (const listener of listeners) listener(entry);
    },
  });
  const claims = createClaims(stores.durable, clock);

  const begin = () => {
    inFlight += 1;
  };
  const end = () => {
    inFlight -= 1;
    if (inFlight === 0) idle?.();
  };

  const executionFor = (unit: UnitOfWork, received: Message, signal: AbortSignal | undefined): Execution =>
    new Execution(unit, {
      sharer: undefined,
      entry: true,
      signal,
      received,
      trace: journal === "all" ? { startedAt: clock.now(), steps: [] } : undefined,
    });

  const entrances = createEntrances({
    status: () => status,
    route: (id) => compiled?.routes.get(id),
    gate: (id) => gates.get(id),
    execution: (route, message, signal) => executionFor(new UnitOfWork(ids, route.definition.durability), message, signal),
    endings,
    spool: services.spool,
    begin,
    end,
    ids,
  });
  const doors = new Map<string, Entrance>();

  const sideWork = createSideWork({
    app,
    clock,
    log,
    committer,
    entrances,
    channel: (name) => compiled?.channels.get(name),
    route: (id) => compiled?.routes.get(id),
    execution: (route, message, reads) => executionFor(new UnitOfWork(ids, route.durability, { reads }), message, undefined),
    begin,
    end,
  });

  const tables = createStateTables(stores.durable);
  const pollers = createPollers(clock, stopping.signal);
  const polledSources = createPolledSources({
    clock,
    random,
    log,
    services,
    ids,
    position: (name) => stores.durable.position(name),
    stopping: stopping.signal,
  });
  const starts: (() => (() => Promise<void>) | undefined)[] = [];
  const stops: (() => Promise<void>)[] = [];

  /** Work that no message delivers, such as what a timer does. */
  const ownWork = async (
    definition: RouteDefinition,
    run: (execution: Execution) => Awaitable<void>,
    signal?: AbortSignal,
  ): Promise<void> => {
    begin();
    try {
      const message: Message = { id: ids(), body: null, headers: NO_HEADERS, attributes: NO_ATTRIBUTES };
      const execution = executionFor(new UnitOfWork(ids, definition.durability, { isStored: true }), message, signal);
      try {
        await run(execution);
      } catch (error) {
        execution.list.rollback(0);
        execution.unit.ended(false);
        // What was tapped has been seen, whatever becomes of it.
        for (const aside of execution.unit.asides ?? []) await aside.start();
        throw error;
      }
      await committer.commit(execution.list, []);
    } finally {
      end();
    }
  };

  const shared = new Map<string, unknown>();
  const stepServices = (definition: RouteDefinition): StepServices => ({
    claims,
    shared<T>(name: string, create: () => T): T {
      if (!shared.has(name)) shared.set(name, create());
      // One name is one kind of thing: patterns put their own name in front.
      return shared.get(name) as T;
    },
    position: (name) => stores.durable.position(name),
    table: tables.table,
    stage: (execution) => createStage(execution.list, { store: stores.durable, channel: (name) => channelDefinitions.get(name), ids }),
    format: services.format,
    formatNames: services.formatNames ?? [],
    spool: services.spool,
    work: (run, signal) => ownWork(definition, run, signal),
    onStart: (begin) => starts.push(begin),
    tap: (copy, tap) => sideWork.tap(definition, copy, tap),
    deadLetter: (part, failure, at) => endings.deadLetterPart(part, failure, { route: definition, ...at }),
  });

  const valueMaps = createValueMaps(app.valueMaps, {
    clock,
    log,
    readFile: services.readFile,
    ask: async (route) => (await entrances.open(route, "valueMap").deliver({ body: null }, { mode: "request" }))?.body,
  });

  const compile = (): CompiledApp => {
    if (compiled !== undefined) return compiled;
    const registry = options.patterns ?? allPatterns;
    compiled = compileApp({
      app,
      patterns: new Map(registry.map((pattern) => [pattern.name, pattern])),
      expressions: createExpressions(options.languages, {
        now: () => clock.now(),
        random: () => random.next(),
        valueMap: valueMaps.find,
        valueMapNames: valueMaps.names,
      }),
      valueMaps,
      contracts: options.contracts,
      clock,
      random,
      log,
      endpoints,
      services: stepServices,
      aside: sideWork.begin,
      pollers,
      polledSources,
      connectors: options.connectors ?? [],
      traced: journal === "all",
      spool: services.spool,
      observePoint: options.observePoint,
      stopping: stopping.signal,
    });
    return compiled;
  };

  const start = async (): Promise<void> => {
    if (status !== "new") throw new PortolanError("PORTOLAN_USAGE", `the engine is ${status}; it can be started once`);
    const { routes, reentries } = compile();
    await endpoints.open();
    await polledSources.open();
    consumers = await createConsumers({
      app,
      stores,
      clock,
      log,
      gates,
      routes,
      reentries,
      pollers,
      endings,
      execution: (unit, message) => executionFor(unit, message, undefined),
      ids,
    });
    status = "running";
    consumers.start();
    for (const begin of starts) {
      const stopIt = begin();
      if (stopIt !== undefined) stops.push(stopIt);
    }
    if (options.sources !== false)
      sources = await openSources({
        app,
        compiled: compile(),
        clock,
        random,
        log,
        services,
        position: (name) => stores.durable.position(name),
        entrance: entrances.open,
      });
  };

  const deliver: Engine["deliver"] = (routeId, incoming, deliverOptions) => {
    let door = doors.get(routeId);
    if (door === undefined) {
      door = entrances.open(routeId, "deliver");
      if (compiled?.routes.has(routeId) === true) doors.set(routeId, door);
    }
    return door.deliver(incoming, deliverOptions);
  };

  const send: Engine["send"] = async (name, incoming) => {
    const channel = compiled?.channels.get(name);
    if (status !== "running") throw new PortolanError("PORTOLAN_STOPPING", `the node is ${status}`);
    if (channel === undefined) throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `there is no channel ${name}`);
    const message = entrances.message(incoming);
    const [reader, ...others] = readers.get(name) ?? [];
    const isDirect = channel.definition.mode === "direct";
    if (isDirect && reader !== undefined && others.length === 0) {
      // The message enters its one reader, as if delivered there.
      const { body } = await channel.accept(message);
      await deliver(reader, { ...incoming, id: message.id, body });
      return;
    }
    begin();
    try {
      if (isDirect) {
        await entrances.enter({ route: routeOfDirectChannel(channel), via: "send" }, message, {});
        return;
      }
      const execution = executionFor(new UnitOfWork(ids, "power-loss"), message, undefined);
      await channel.send(message, execution);
      await committer.commit(execution.list, []);
    } catch (error) {
      throw errorOf(error);
    } finally {
      end();
    }
  };

  const whenIdle = async (): Promise<void> => {
    if (inFlight > 0) await new Promise<void>((resolve) => (idle = resolve));
  };

  const stop = async (): Promise<void> => {
    if (status !== "running") return;
    status = "stopping";
    stopping.abort(new PortolanError("PORTOLAN_STOPPING", "the node is stopping"));
    await sources?.close();
    await consumers?.stopDurable();
    await whenIdle();
    // What steps hold back for the stop still goes through their blocks.
    for (const stopIt of stops) await stopIt();
    // What memory channels hold would be lost.
    await consumers?.drain();
    await whenIdle();
    await consumers?.stop();
    await whenIdle();
    await endings.idle();
    await polledSources.close();
    await endpoints.close();
    status = "stopped";
  };

  return {
    compile: () => void compile(),
    start,
    stop,
    deliver,
    send,
    onJournal: (listener) => listeners.push(listener),
    get status() {
      return status;
    },
  };
}
