import assert from "node:assert/strict";
import { createMessage, isConstantExpression, PortolanError } from "@portolan/core";
import type {
  Clock,
  ConnectorDefinition,
  ConnectorServices,
  ErrorKind,
  Expression,
  HeaderValue,
  Message,
  RunningTarget,
} from "@portolan/core";
import { createFixedRandom } from "../../random.ts";
import { createRecordingLogger } from "../../recording-logger.ts";
import { readRawOptions } from "./read-raw-options.ts";

export interface TargetSample {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

export interface BadSample extends TargetSample {
  readonly title: string;
  readonly kind: ErrorKind;
  readonly code: string;
}

/** A target to be tested, and the system that it sends to. */
export interface TargetUnderTest {
  readonly target: RunningTarget;
  /** A message that it takes; each one is distinct. */
  sample(index: number): TargetSample;
  /** The bodies that the system has got, in any order. */
  received(): Promise<readonly unknown[]>;
  /** What it must refuse. */
  readonly bad: readonly BadSample[];
  dispose?(): PromiseLike<void>;
}

export type CreateTarget = () => Promise<TargetUnderTest>;

export interface TargetCase {
  readonly name: string;
  run(under: TargetUnderTest): Promise<void>;
}

export const TARGET_CASES: readonly TargetCase[] = [
  {
    name: "has handed a message over when send resolves",
    async run(under) {
      await send(under.target, under.sample(0), "k0");
      assert.deepEqual(await under.received(), [under.sample(0).body]);
    },
  },
  {
    name: "takes many messages at once and loses none",
    async run(under) {
      const samples = Array.from({ length: 20 }, (_, index) => under.sample(index));
      await Promise.all(samples.map((sample, index) => send(under.target, sample, `k${index}`)));
      assert.deepEqual(sorted(await under.received()), sorted(samples.map(({ body }) => body)));
    },
  },
  {
    name: "refuses bad input with an error of the right kind, and goes on",
    async run(under) {
      for (const bad of under.bad) {
        const error = await send(under.target, bad, "bad").then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof PortolanError, `${bad.title}: a PortolanError, found ${String(error)}`);
        assert.deepEqual({ title: bad.title, code: error.code, kind: error.kind }, { title: bad.title, code: bad.code, kind: bad.kind });
      }
      await send(under.target, under.sample(0), "good");
      assert.deepEqual(await under.received(), [under.sample(0).body]);
    },
  },
  {
    name: "finishes at close what it is sending",
    async run(under) {
      const sending = send(under.target, under.sample(0), "k0");
      await under.target.close();
      await sending;
      assert.deepEqual(await under.received(), [under.sample(0).body]);
    },
  },
];

/** Opens the target of a connector; `options` are as a flow file holds them. */
export async function openTarget(
  definition: ConnectorDefinition,
  options: Readonly<Record<string, unknown>>,
  { clock, services }: { readonly clock: Clock; readonly services: ConnectorServices },
): Promise<RunningTarget> {
  assert.ok(definition.target, `${definition.name} has a target`);
  const read = readRawOptions(definition.target.options, options);
  assert.deepEqual(definition.target.check?.(read) ?? [], []);
  return definition.target.open(read, {
    clock,
    services,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    expression: evaluated,
  });
}

/** Functions and constants; the kit has no languages. */
function evaluated(expression: Expression): (message: Message) => unknown {
  if (isConstantExpression(expression)) return () => expression.constant;
  assert.ok(typeof expression === "function", "an expression is a function or a constant here");
  // A function in a tree takes the message.
  return expression as unknown as (message: Message) => unknown;
}

function send(target: RunningTarget, sample: TargetSample, key: string) {
  return target.send(createMessage(key, sample.body, { ...sample.headers }), { mode: "to", key });
}

function sorted(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
