import { PortolanError, describeValue, type Message } from "@portolan/core";
import type { Inbox, StepCompiler } from "../../pattern.ts";
import { createDueTimer } from "../../runtime/due-timer.ts";
import type { Execution } from "../../runtime/execution.ts";
import { numberOf } from "../../runtime/values.ts";
import type { Sequencer } from "./sequencer.ts";
import { createWaitingMessages } from "./waiting-messages.ts";

export interface StreamOptions {
  readonly timeout: number;
  readonly start?: number | undefined;
  readonly capacity: number;
  readonly onLate: "fail" | "pass";
}

interface Stream {
  /** The last number released; without one, nothing was yet. */
  readonly last?: number | undefined;
  /** Those that wait, the smallest first. */
  readonly waiting: readonly Waiting[];
  readonly next: number;
}

interface Waiting {
  readonly name: string;
  readonly number: number;
  readonly due: number;
}

/** A message that has just come: it is only kept if it has to wait. */
interface Newcomer {
  readonly name: string;
  readonly message: Message;
}

const ROW = "stream";

/** Closes the gaps in a row of numbers. */
export function createStream(options: StreamOptions, compiler: StepCompiler, inbox: Inbox): Sequencer {
  const { clock } = compiler;
  const scope = `resequence/${compiler.route}/${compiler.stepId}`;
  const streams = compiler.node.table(scope);
  const messages = createWaitingMessages(compiler.node.table(`${scope}/messages`), inbox);

  /** Releases what may go: all up to a number whose wait is over, and the direct successors of what was released. */
  const advance = async (stream: Stream, execution: Execution, newcomer?: Newcomer): Promise<Stream> => {
    const now = clock.now();
    const overdue = stream.waiting.filter((one) => one.due <= now).map((one) => one.number);
    const surplus =
      stream.waiting.length > options.capacity ? stream.waiting[stream.waiting.length - options.capacity - 1]?.number : undefined;
    const upTo = Math.max(...overdue, surplus ?? -Infinity);
    let last = stream.last ?? (options.start === undefined ? undefined : options.start - 1);
    const left: Waiting[] = [];
    for (const one of stream.waiting) {
      const follows = last !== undefined && (one.number === last + 1 || one.number === last);
      if (one.number > upTo && !follows) {
        left.push(one);
        if (one.name === newcomer?.name) await messages.keep(one.name, newcomer.message, execution);
        continue;
      }
      if (one.name === newcomer?.name) inbox.send(newcomer.message, {}, execution);
      else await messages.release(one.name, execution);
      last = one.number;
    }
    const begun = left.length < stream.waiting.length;
    return { last: begun ? last : stream.last, waiting: left, next: stream.next };
  };

  const timer = createDueTimer({
    table: streams,
    compiler,
    act: (_key, execution) =>
      streams.withRow(execution, ROW, async (row) => {
        const known = await row.get();
        if (known?.due === undefined || known.due > clock.now()) return;
        const stream = await advance(known.value as Stream, execution);
        await row.put(stream, { due: earliest(stream) });
      }),
  });
  compiler.node.onStart(() => {
    timer.start();
    return async () => timer.stop();
  });

  const isLate = (number: number, { last }: Stream) =>
    last === undefined ? options.start !== undefined && number < options.start : number < last;

  return {
    add: ({ value, message, execution }) =>
      streams.withRow(execution, ROW, async (row) => {
        const number = wholeNumber(value);
        const stream = ((await row.get())?.value as Stream | undefined) ?? { waiting: [], next: 0 };
        if (isLate(number, stream)) {
          if (options.onLate === "fail") {
            throw new PortolanError(
              "PORTOLAN_RESEQUENCE_LATE",
              `number ${number} came after ${stream.last ?? `the start ${options.start}`} had been released`,
            );
          }
          inbox.send(message, {}, execution);
          return;
        }
        const name = String(stream.next);
        const waiting = placed(stream.waiting, { name, number, due: clock.now() + options.timeout });
        const advanced = await advance({ last: stream.last, waiting, next: stream.next + 1 }, execution, { name, message });
        const due = earliest(advanced);
        await row.put(advanced, { due });
        if (due !== undefined) execution.unit.listen({ ended: (committed) => committed && timer.at(due) });
      }),
  };
}

/** Behind all that are not greater. */
function placed(waiting: readonly Waiting[], newcomer: Waiting): readonly Waiting[] {
  const place = waiting.findLastIndex(({ number }) => number <= newcomer.number) + 1;
  return waiting.toSpliced(place, 0, newcomer);
}

function earliest({ waiting }: Stream): number | undefined {
  return waiting.length === 0 ? undefined : Math.min(...waiting.map((one) => one.due));
}

function wholeNumber(value: unknown): number {
  const number = numberOf(value, "the number of the resequencer");
  if (Number.isSafeInteger(number)) return number;
  throw new PortolanError(
    "PORTOLAN_EXPRESSION_TYPE",
    `the number of the resequencer must be a whole number, found ${describeValue(value)}`,
  );
}
