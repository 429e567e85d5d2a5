import {
  PortolanError,
  asPortolanError,
  type AppDefinition,
  type Clock,
  type ConnectorDefinition,
  type Random,
  type Timer,
} from "@portolan/core";
import { patterns, readApp, type Engine, type EngineOptions } from "@portolan/engine";
import { createVirtualClock, type VirtualClock } from "../clock/virtual-clock.ts";
import { createOutside } from "../patterns/outside.ts";
import { createSeededRandom } from "../random.ts";
import { createSimulatedDisk, type SimulatedDisk } from "./disk.ts";
import type { Play, Scenario, World } from "./scenario.ts";
import { createSimulatedNode, type SimulatedNode, type SimulatedStoreFactory } from "./simulated-node.ts";
import { standingEffects } from "./standing-effects.ts";

/** What a simulation puts to the test. */
export interface SimulationSubject {
  readonly createEngine: (options: EngineOptions) => Engine;
  readonly createStore: SimulatedStoreFactory;
}

export interface ScheduleResult {
  readonly seed: number;
  /** How often the node died or was stopped. */
  readonly deaths: number;
  /** Timers that ran: the points at which it might have died. */
  readonly events: number;
  /** What must not have been, each with the virtual time; empty if all is well. */
  readonly violations: readonly string[];
}

export interface ScheduleParts {
  readonly subject: SimulationSubject;
  readonly scenario: Scenario;
  /** The definition of a scenario without connectors. */
  readonly app: () => AppDefinition;
  readonly trace: ((line: string) => void) | undefined;
}

const MAX_EVENTS = 20_000;
const MAX_DEATHS = 4;

/** How a life ends. `power` loses what was not synced, `process` does not; `disk` fails some time before the power does. */
type Death = "power" | "process" | "disk" | "stop";

/** Runs a scenario once: all chance, and with it the whole course, is drawn from the seed. */
export async function runSchedule(seed: number, parts: ScheduleParts): Promise<ScheduleResult> {
  const { subject, scenario } = parts;
  const random = createSeededRandom(seed);
  const clock = createVirtualClock({ ties: split(random), io: false });
  const disk = createSimulatedDisk<unknown>(split(random), clock);
  const violations: string[] = [];
  let events = 0;
  const trace = (line: string) => parts.trace?.(`${clock.now().toFixed(2)} ${line}`);
  const violated = (rule: string) => {
    violations.push(`${rule} (at ${clock.now().toFixed(2)} ms)`);
    trace(`VIOLATED ${rule}`);
  };

  // The node calls the play's outside systems, and the play calls the node: the client is bound late.
  const bound: { node?: SimulatedNode } = {};
  const world: World = {
    clock,
    random: split(random),
    node: {
      deliver: async (route, incoming) => required(bound.node).deliver(route, incoming),
      redrive: async (channel) => required(bound.node).redrive(channel),
    },
    violated,
    trace,
  };
  const play = scenario.play(world);
  const app = play.connectors === undefined ? parts.app() : readScenario(scenario, play.connectors);
  const node = createSimulatedNode({ ...subject, app, clock, random: split(random), disk, outside: play.outside, violated });
  bound.node = node;

  const fate = split(random);
  const start = () =>
    node.start().then(
      () => trace("node is up"),
      (thrown: unknown) => {
        const { code, message } = asPortolanError(thrown);
        trace(`node does not start: ${message}`);
        // A failing disk is no fault of the node, which is started again after its death.
        if (code !== "PORTOLAN_STORE_FAILED") violated(`the node does not start: ${message}`);
      },
    );
  const runEvents = (count: number) => {
    const end = events + count;
    return clock.runWhile(() => events++ < end);
  };

  if (fate.next() < 0.4) fillDiskForAWhile(node, clock, fate);
  void start();
  let isAnswered = false;
  void play.run().then(
    () => {
      isAnswered = true;
    },
    (thrown: unknown) => violated(`the world failed: ${asPortolanError(thrown).message}`),
  );

  let deaths = 0;
  let restart: Timer | undefined;
  for (const death of drawDeaths(fate)) {
    await runEvents(Math.floor(fate.next() ** 2 * 80));
    if (death === "disk") {
      trace("disk fails");
      node.failDisk();
      await runEvents(Math.floor(fate.next() * 10));
    }
    if (death === "stop") {
      trace("node stops");
      void node.stop();
      await runEvents(Math.floor(fate.next() * 60));
    }
    trace(`node dies: ${death}`);
    node.kill();
    if (death === "power" || death === "disk") disk.crash();
    deaths += 1;
    // A node that dies before it was started again is not started twice.
    restart?.cancel();
    restart = clock.after(fate.next() * 50, () => void start());
  }
  await runEvents(MAX_EVENTS);
  events -= 1;

  if (!isAnswered) violated(clock.nextDue() === undefined ? "somebody still waits for an answer" : `no rest after ${MAX_EVENTS} events`);
  else await finish(play, { node, disk, clock });
  return { seed, deaths, events, violations };
}

function fillDiskForAWhile(node: SimulatedNode, clock: Clock, fate: Random): void {
  clock.after(fate.next() * 120, () => {
    node.setDiskFull(true);
    clock.after(fate.next() * 30, () => node.setDiskFull(false));
  });
}

/** Reads the scenario's flow; what `outside` calls is bound when it is compiled. */
export function readScenario(scenario: Scenario, connectors: readonly ConnectorDefinition[]): AppDefinition {
  const registry = { patterns: [...patterns, createOutside(() => Promise.resolve())], connectors, variables: () => undefined };
  return readApp({ name: scenario.name, flows: [], trees: [scenario.flow] }, registry);
}

interface Remains {
  readonly node: SimulatedNode;
  readonly disk: SimulatedDisk<unknown>;
  readonly clock: VirtualClock;
}

/** Looks at what is left when nothing moves any more. */
async function finish(play: Play, { node, disk, clock }: Remains): Promise<void> {
  const channels = await clock.runUntil(Promise.resolve(node.store?.channels() ?? []));
  await clock.runUntil(node.stop());
  play.check({
    effects: standingEffects(disk.mount().read()),
    waiting: new Map(channels.map(({ name, waiting }) => [name, waiting])),
    memory: node.memory,
  });
}

function drawDeaths(fate: Random): readonly Death[] {
  const kinds: readonly Death[] = ["power", "power", "process", "disk", "stop"];
  return Array.from({ length: 1 + Math.floor(fate.next() * MAX_DEATHS) }, () => kinds[Math.floor(fate.next() * kinds.length)] ?? "power");
}

/** A random source of its own for one part of the world, so that a draw more in one does not shift all the others. */
function split(random: Random): Random {
  return createSeededRandom(Math.floor(random.next() * 2 ** 32));
}

function required(node: SimulatedNode | undefined): SimulatedNode {
  if (node === undefined)
    throw new PortolanError("PORTOLAN_CALLBACK_FAILED", "the node is called before it exists: call it in run, not in play");
  return node;
}
