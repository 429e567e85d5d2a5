import { option, optional, required, withBody, withDefault, type Headers, type Message, type TargetRef } from "@portolan/core";
import type { CallTarget, InputOf, ReplyOf, StepOptions } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import { StepFailure } from "../../runtime/failure.ts";
import { withError } from "../../runtime/policy.ts";
import { combineWith } from "./combine-with.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Calls a target and combines its reply with the body. */
    enrich<Target extends CallTarget<Body>, Result, Failure extends OnFailure = "fail">(
      target: Target,
      options: EnrichOptions<Failure> & { readonly body?: never; readonly combine: CombineReply<Body, Target, Result> },
    ): Steps<Result | Kept<Failure, Body>, Ended, Of>;
    enrich<Target extends CallTarget<never>, Result, Failure extends OnFailure = "fail">(
      target: Target,
      options: EnrichOptions<Failure> & {
        readonly body: (message: Message<Body>) => QuestionFor<Target> | Promise<QuestionFor<Target>>;
        readonly combine: CombineReply<Body, Target, Result>;
      },
    ): Steps<Result | Kept<Failure, Body>, Ended, Of>;
    enrich<Target extends CallTarget<never>, Failure extends OnFailure = "fail">(
      target: Target,
      options: EnrichOptions<Failure> & {
        readonly body: (message: Message<Body>) => QuestionFor<Target> | Promise<QuestionFor<Target>>;
      },
    ): Steps<ReplyOf<Target> | Kept<Failure, Body>, Ended, Of>;
    enrich<Target extends CallTarget<Body>, Failure extends OnFailure = "fail">(
      target: Target,
      options?: EnrichOptions<Failure> & { readonly body?: never },
    ): Steps<ReplyOf<Target> | Kept<Failure, Body>, Ended, Of>;
  }
}

type OnFailure = "fail" | "keep";
type Kept<Failure, Body> = "keep" extends Failure ? Body : never;
type QuestionFor<Target> = Target extends TargetRef<infer In, unknown> ? In : InputOf<Target>;
type CombineReply<Body, Target, Result> = (original: Body, reply: Message<ReplyOf<Target>>) => Result | Promise<Result>;

export interface EnrichOptions<Failure> extends StepOptions {
  readonly onFailure?: Failure;
}

const options = option.object({
  target: required(option.target, "Who is asked"),
  body: optional(option.expression, "What the target gets; default: the body"),
  combine: withDefault(
    combineOption(["last", "merge", "list"]),
    "last",
    "Over the original and the reply; in a fold `acc` is the original body, `body` the reply",
  ),
  onFailure: withDefault(option.oneOf("fail", "keep"), "fail", "`keep`: the message goes on unchanged, with `attributes.error`"),
});

/** The headers of the reply itself: what a call answers keeps those of the message. Without a call there are no others. */
function replyHeaders(answered: Message): Headers {
  // Only `call` sets it.
  const reply = answered.attributes["reply"] as { readonly headers: Headers } | undefined;
  return reply?.headers ?? answered.headers;
}

/** Content enricher. */
export const enrich = definePattern({
  name: "enrich",
  title: "Enrich",
  group: "data",
  summary: "Calls a target and combines its reply with the message.",
  semantics:
    "Headers stay. `last` means that the reply replaces the body. `keep` applies after the route's retries, before its other clauses.",
  example: `
- enrich: { target: { route: price }, body: body.sku, combine: { fold: '$merge([acc, { "price": body }])' } }`,
  options,
  compile({ options: { target, body, combine, onFailure } }, compiler) {
    if (target.kind === "channel")
      compiler.invalid("a channel has no reply", "a route, an address or a connector", `channel ${target.channel}`);
    const endpoint = compiler.target(target);
    const asked = body === undefined ? undefined : compiler.expression(body);
    const together = combineWith(combine, compiler);
    const call = (message: Message, question: Message, execution: Execution): Message | Promise<Message> => {
      const reply = endpoint.call(question, execution);
      return reply instanceof Promise ? repliedLater(message, reply) : replied(message, reply);
    };
    const replied = (message: Message, reply: Message): Message | Promise<Message> => {
      const combined = together(message, { ...reply, headers: replyHeaders(reply) });
      return combined instanceof Promise ? enrichedLater(message, reply, combined) : enriched(message, reply, combined);
    };
    const repliedLater = async (message: Message, reply: Promise<Message>) => replied(message, await reply);
    const callLater = async (message: Message, question: Promise<unknown>, execution: Execution) =>
      call(message, withBody(message, (await question) ?? null), execution);
    const ask = compiler.protect((message, execution) => {
      if (asked === undefined) return call(message, message, execution);
      const question = asked(message);
      return question instanceof Promise
        ? callLater(message, question, execution)
        : call(message, withBody(message, question ?? null), execution);
    });
    if (onFailure === "fail") return ask;
    const kept = compiler.branch("kept");
    return async (message, execution) => {
      const mark = execution.mark();
      try {
        return await ask(message, execution);
      } catch (thrown) {
        if (!(thrown instanceof StepFailure) || execution.signal?.aborted) throw thrown;
        execution.list.rollback(mark);
        kept?.();
        return withError(message, thrown.error, { route: compiler.route, step: compiler.stepId, attempts: thrown.attempts });
      }
    };
  },
  method([target, extra]) {
    const { combine, ...rest }: { combine?: unknown } = typeof extra === "object" && extra !== null ? extra : {};
    const fold = typeof combine === "function" ? { combine: { fold: combine } } : combine === undefined ? {} : { combine };
    return { target, ...rest, ...fold };
  },
});

function enriched(message: Message, reply: Message, combined: Message): Message {
  return {
    id: message.id,
    body: combined.body,
    headers: message.headers,
    attributes: { ...message.attributes, reply: reply.attributes["reply"] },
  };
}

async function enrichedLater(message: Message, reply: Message, combined: Promise<Message>): Promise<Message> {
  return enriched(message, reply, await combined);
}
