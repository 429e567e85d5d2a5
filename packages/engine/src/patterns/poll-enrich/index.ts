import {
  option,
  PortolanError,
  required,
  withAttribute,
  withDefault,
  type Duration,
  type Message,
  type SourceNode,
  type SourceRef,
} from "@portolan/core";
import type { StepOptions, YIELDS } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern } from "../../pattern.ts";
import { combineWith } from "../enrich/combine-with.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Takes one message from a channel, or a source such as `file.watch(…)`, and combines it with this one. */
    pollEnrich<Polled, Result, Empty extends OnEmpty = "fail">(
      source: Polls<Polled>,
      options: PollOptions<Empty> & {
        readonly combine: (original: Body, polled: Message<Polled | Nothing<Empty>>) => Result | Promise<Result>;
      },
    ): Steps<Result | Kept<Empty, Body>, Ended, Of>;
    pollEnrich<Polled, Empty extends OnEmpty = "fail">(
      source: Polls<Polled>,
      options?: PollOptions<Empty>,
    ): Steps<Polled | Nothing<Empty> | Kept<Empty, Body>, Ended, Of>;
  }
}

type Polls<Polled> = { readonly channel: string; readonly [YIELDS]?: Polled } | SourceRef<Polled>;
type OnEmpty = "fail" | "keep" | "nothing";
type Kept<Empty, Body> = "keep" extends Empty ? Body : never;
type Nothing<Empty> = "nothing" extends Empty ? null : never;

export interface PollOptions<Empty> extends StepOptions {
  readonly timeout?: Duration;
  readonly onEmpty?: Empty;
}

const options = option.object({
  from: required(option.source, "A channel, which must have no consuming routes, or a connector's source that can be polled"),
  timeout: withDefault(option.duration, 0, "How long to wait; 0 does not wait"),
  combine: withDefault(
    combineOption(["last", "merge", "list"]),
    "last",
    "Over the original and what was polled; in a fold `acc` is the original body",
  ),
  onEmpty: withDefault(
    option.oneOf("fail", "keep", "nothing"),
    "fail",
    "Nothing in time: fail, go on unchanged, or combine with the body null",
  ),
});

/** Polling consumer. */
export const pollEnrich = definePattern({
  name: "pollEnrich",
  title: "Poll enrich",
  group: "data",
  summary: "Takes one message from a source (a channel, a file) and combines it with the message.",
  semantics:
    "Nothing in time fails with `PORTOLAN_NOTHING_POLLED` (transient), unless `onEmpty` says otherwise; `attributes.found` tells. The polled message is consumed in this unit of work: if that fails, the message is back. There is no endless wait.",
  example: `
- pollEnrich: { from: { channel: tickets }, timeout: 1s, onEmpty: keep }`,
  options,
  compile({ options: { from, timeout, combine, onEmpty } }, compiler) {
    const poll = compiler.poll(from);
    const together = combineWith(combine, compiler);
    return async (message, execution) => {
      const polled = await poll(timeout, execution);
      if (polled === undefined && onEmpty === "fail") {
        throw new PortolanError("PORTOLAN_NOTHING_POLLED", `${nameOf(from)} had no message within ${timeout} ms`, {
          hint: "onEmpty: keep goes on without",
        });
      }
      const found = polled !== undefined;
      if (!found && onEmpty === "keep") return withAttribute(message, "found", false);
      return withAttribute(await together(message, polled ?? { ...message, body: null }), "found", found);
    };
  },
  method([source, extra]) {
    const { combine, ...rest }: { combine?: unknown } = typeof extra === "object" && extra !== null ? extra : {};
    const fold = typeof combine === "function" ? { combine: { fold: combine } } : combine === undefined ? {} : { combine };
    return { from: source, ...rest, ...fold };
  },
});

function nameOf(from: SourceNode): string {
  if (from.kind === "channel") return `channel ${from.channel}`;
  const { name, source } = from.connector;
  return `${name} ${source?.describe(from.options) ?? ""}`;
}
