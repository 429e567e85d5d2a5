import {
  PortolanError,
  parseDuration,
  type AppendEffect,
  type DeadLetter,
  type Duration,
  type Incoming,
  type Logger,
  type Message,
} from "@portolan/core";
import { patterns as enginePatterns, type AppInput, type InputOf, type ReplyOf } from "@portolan/engine";
import type { Control } from "../cases/case-file.ts";
import type { CaseHarness } from "../cases/case-harness.ts";
import { createCaseNode, type CaseNode } from "../cases/case-node.ts";
import { appendedMessage, createSightings, type SeenMessage } from "../cases/sightings.ts";
import { createVirtualClock } from "../clock/virtual-clock.ts";
import { createTestPatterns } from "../patterns/test-patterns.ts";
import type { Answer } from "./answer.ts";
import { hintOf, readAppUnderTest, unknownPolled, unknownTarget, type AppUnderTest } from "./app-under-test.ts";
import type { Coverage } from "./coverage.ts";
import type { TargetChoice } from "./target-choice.ts";
import type { TargetMessage } from "./target-doubles.ts";
import { createTimeDrive } from "./time-drive.ts";

/** A route: its builder, or its id. */
export type RouteChoice = { readonly steps: readonly Readonly<Record<string, unknown>>[] } | { readonly route: string };
/** A channel: its value, or its name. */
export interface ChannelChoice {
  readonly channel: string;
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;
  /** `request`: as one who waits for the reply. Default `oneWay`; channels know no other. */
  readonly mode?: "oneWay" | "request";
}

/** A message on its way. */
export interface Sending {
  readonly hasEnded: boolean;
  /** Lets time move until it has ended; yields the result, or throws the error that the sender is told. */
  end(): Promise<Message | undefined>;
}

/** A message that was dead-lettered, and why. */
export interface DeadMessage extends SeenMessage {
  readonly channel: string;
  readonly deadLetter: DeadLetter;
}

/**
 * An app under test, on stores in memory and a virtual clock: it starts at 0, and time moves only while a method is awaited.
 * Sources of connectors are not opened, those that steps poll have what the test offers. Their targets are doubles, which record every message and reply with its body until
 * `replaceTarget` says otherwise. Methods run one after another, in the order they are called.
 */
export interface TestBench extends AsyncDisposable {
  /** Sends to a route as a door does, and lets time move until it has ended; to a channel, until it is stored. */
  send<To extends RouteChoice | ChannelChoice>(to: To, body: InputOf<To>, options?: SendOptions): Promise<Message | undefined>;
  /** Asks a route and yields the body of the reply; null if the message was dropped. */
  request<Route extends RouteChoice>(route: Route, body: InputOf<Route>, options?: Pick<SendOptions, "headers">): Promise<ReplyOf<Route>>;
  /** Sends, and leaves time where it is. */
  start<To extends RouteChoice | ChannelChoice>(to: To, body: InputOf<To>, options?: SendOptions): Sending;
  /** Moves time on, and runs what is due meanwhile. */
  advance(by: Duration): Promise<void>;
  /** Lets time move until nothing is left to do. */
  settle(): Promise<void>;
  /** The virtual time in ms. */
  readonly now: number;
  /** From now on these targets answer like that; without an answer they are recorders again. */
  replaceTarget(which: TargetChoice, answer?: Answer): void;
  /** From now on this source of a connector, which steps poll, has that message. It is named as targets are, such as `file:watch in/*`. */
  offer(which: TargetChoice, body: unknown, options?: Pick<SendOptions, "headers">): void;
  /** What these targets got, failed attempts included, in the order of arrival; or what a `record` target of that name got. */
  records(which: TargetChoice): readonly (SeenMessage & Partial<TargetMessage>)[];
  /** What was committed to a channel, consumed or not. */
  committed(channel: string | ChannelChoice): readonly SeenMessage[];
  /** All messages that were dead-lettered, whatever became of them then. */
  deadLetters(): readonly DeadMessage[];
  /** All work in memory is lost; the node starts again on its store. */
  crash(): Promise<void>;
  /** An orderly stop and a start on the same store. */
  restart(): Promise<void>;
  /** An orderly stop. */
  stop(): Promise<void>;
}

/** What a bench is made of; loaded when it is first used. */
export interface BenchParts {
  readonly input: AppInput;
  readonly harness: CaseHarness;
}

export interface BenchOptions {
  /** Values of variables such as `${ERP_URL}`; others have stand-ins. Variables of the process are not read. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Learns what the test reaches. Several benches may share one. */
  readonly coverage?: Coverage;
  /** Default: nothing is logged. */
  readonly log?: Logger;
}

interface Running {
  readonly tested: AppUnderTest;
  readonly node: CaseNode;
}

export function createTestBench(load: () => Promise<BenchParts>, options: BenchOptions = {}): TestBench {
  const clock = createVirtualClock();
  const drive = createTimeDrive(clock);
  const recorded = createSightings(clock);
  const channels = createSightings(clock);
  const dead: DeadMessage[] = [];
  const replacements: { readonly which: TargetChoice; readonly answer: Answer | undefined }[] = [];
  const offers: OfferedMessage[] = [];
  let running: Running | undefined;
  let starting: Promise<Running> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const onAppend = (append: AppendEffect): void => {
    const message = appendedMessage(append);
    channels.add(append.channel, message);
    const { deadLetter } = append.message;
    const { channel } = append;
    if (deadLetter !== undefined) dead.push({ ...message, channel, deadLetter, at: clock.now() });
  };

  const open = async (): Promise<Running> => {
    const { input, harness } = await load();
    const patterns = [...enginePatterns, ...createTestPatterns()];
    const tested = readAppUnderTest(input, { harness, patterns, clock, environment: options.environment ?? {} });
    for (const { which, answer } of replacements) replace(tested, which, answer);
    for (const offered of offers) offer(tested, offered);
    const node = createCaseNode({
      harness,
      parts: tested.parts,
      sources: false,
      patterns,
      clock,
      log: options.log,
      observePoint: options.coverage?.observePoint,
      onRecord: (name, message) => recorded.add(name, message),
      onAppend,
    });
    running = { tested, node };
    await drive.until(node.start());
    return running;
  };

  /** One thing after another: two that move the same clock would each see the other's half-done work. */
  const next = <T>(run: (running: Running) => Promise<T>): Promise<T> => {
    const result = last.then(async () => run(await (starting ??= open())));
    last = result.catch(() => undefined);
    return result;
  };

  const sendNow = ({ node }: Running, to: RouteChoice | ChannelChoice, message: { readonly body: unknown } & SendOptions) => {
    const { body, headers = {}, mode = "oneWay" } = message;
    return node.send({ kind: "message", to: placeOf(to), body, headers, mode });
  };

  const control = (what: Control) => next(({ node }) => drive.until(node.control(what)));

  return {
    send: (to, body, given) => next((bench) => drive.until(sendNow(bench, to, { body, ...given }))),
    request: async <Route extends RouteChoice>(route: Route, body: InputOf<Route>, given: Pick<SendOptions, "headers"> = {}) => {
      const replied = await next((bench) => drive.until(sendNow(bench, route, { body, ...given, mode: "request" })));
      // The route's type says what it replies with; a dropped message is answered with null, as to a caller.
      return (replied?.body ?? null) as ReplyOf<Route>;
    },
    start(to, body, given) {
      let hasEnded = false;
      let work: Promise<Message | undefined> | undefined;
      const sent = next(async (bench) => {
        work = sendNow(bench, to, { body, ...given }).finally(() => {
          hasEnded = true;
        });
        // Whoever wants to know how it ended asks `end`.
        work.catch(() => undefined);
        await clock.settle();
      });
      sent.catch(() => undefined);
      return {
        get hasEnded() {
          return hasEnded;
        },
        async end() {
          await sent;
          return next(() => drive.until(work ?? Promise.resolve(undefined)));
        },
      };
    },
    advance(by) {
      const byMs = parseDuration(by);
      if (byMs === undefined) throw new PortolanError("PORTOLAN_USAGE", `advance wants a duration such as 10s, found ${String(by)}`);
      return next(() => drive.advance(byMs));
    },
    settle: () => next(() => drive.settle()),
    get now() {
      return clock.now();
    },
    replaceTarget(which, answer) {
      if (running === undefined) replacements.push({ which, answer });
      else replace(running.tested, which, answer);
    },
    offer(which, body, { headers = {} } = {}) {
      const offered = { which, message: { body, headers } };
      if (running === undefined) offers.push(offered);
      else offer(running.tested, offered);
    },
    records(which) {
      const named = typeof which === "string" ? recorded.get(which) : undefined;
      if (named !== undefined || running === undefined) return named ?? [];
      const { places, doubles } = running.tested;
      if (typeof which === "string" && places.recorders.includes(which)) return [];
      const unknown = unknownTarget(which, places);
      if (unknown !== undefined) throw unknown;
      return doubles.seen(which);
    },
    committed(channel) {
      const name = typeof channel === "string" ? channel : channel.channel;
      if (running === undefined) return [];
      checkChannel(name, running.tested);
      return channels.get(name) ?? [];
    },
    deadLetters: () => [...dead],
    crash: () => control("crash"),
    restart: () => control("restart"),
    stop: () => control("stop"),
    async [Symbol.asyncDispose]() {
      await last;
      await running?.node.dispose();
    },
  };
}

function replace({ places, doubles }: AppUnderTest, which: TargetChoice, answer: Answer | undefined): void {
  const unknown = unknownTarget(which, places);
  if (unknown !== undefined) throw unknown;
  doubles.replace(which, answer);
}

interface OfferedMessage {
  readonly which: TargetChoice;
  readonly message: Incoming;
}

function offer({ places, doubles }: AppUnderTest, { which, message }: OfferedMessage): void {
  const unknown = unknownPolled(which, places);
  if (unknown !== undefined) throw unknown;
  doubles.offer(which, message);
}

function checkChannel(name: string, { places }: AppUnderTest): void {
  if (places.directChannels.includes(name)) {
    throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `channel ${name} is direct and keeps nothing`, {
      hint: "Look at what the routes do that read it.",
    });
  }
  if (places.channels.includes(name)) return;
  throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `the app has no channel ${name}`, { hint: hintOf(name, places.channels, "channel") });
}

function placeOf(to: RouteChoice | ChannelChoice): { readonly route: string } | { readonly channel: string } {
  if ("channel" in to) return { channel: to.channel };
  if ("route" in to) return { route: to.route };
  throw new PortolanError("PORTOLAN_USAGE", "messages are sent to a route or a channel", {
    hint: "A route is its builder, or { route: ID }; a channel is its value, or { channel: NAME }.",
  });
}
