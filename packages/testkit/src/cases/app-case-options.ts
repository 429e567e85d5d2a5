import { describeValue, option, optional, required, withDefault, type OptionSpecs, type OptionType } from "@portolan/core";
import { answerAfter, failAlways, inTurn, reply, type Answer } from "../flow-tests/answer.ts";
import { scriptedFailureOptions } from "../patterns/scripted-failure.ts";
import { caseOptions } from "./case-options.ts";

const failureOption = option.object({
  ...scriptedFailureOptions,
  retryAfter: optional(option.duration, "How long the system asks to be left alone."),
});

const headerValue: OptionType<string | number | boolean> = {
  kind: "header",
  expected: "a text, a number, true or false",
  schema: { type: ["string", "number", "boolean"] },
  read(value, context) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
    return undefined;
  },
};

const replyOption = option.object({
  body: withDefault(option.anything, null, "The body of the reply."),
  headers: withDefault(option.mapOf(headerValue), {}, "The headers of the reply."),
});

const offeredOption = option.object({
  body: required(option.anything, "The body of the message."),
  headers: withDefault(option.mapOf(headerValue), {}, "Its headers."),
});

const answerOption = option.object({
  reply: optional(replyOption, "The reply. Without it, and without a failure, the target takes the message and replies with its body."),
  fails: optional(failureOption, "The target fails."),
  after: optional(option.duration, "The virtual time that the answer takes."),
});

/** One answer for all messages, or a list: each message gets the next one, and the last goes for all further messages. */
const answers: OptionType<Answer> = {
  kind: "answers",
  expected: "an answer with reply, fails or after, or a list of such",
  schema: option.oneOrMore(answerOption).schema,
  read(value, context) {
    const list = option.oneOrMore(answerOption).read(value, context);
    if (list === undefined) return undefined;
    return inTurn(
      ...list.map(({ reply: replied, fails, after }, index) => {
        if (replied !== undefined && fails !== undefined)
          (Array.isArray(value) ? context.at(index) : context).report({
            message: "a target replies or fails",
            expected: "one of reply and fails",
            found: "both",
          });
        const answer = fails !== undefined ? failAlways(fails) : replied === undefined ? undefined : reply(replied.body, replied.headers);
        return after === undefined ? answer : answerAfter(after, answer);
      }),
    );
  },
};

const { source, needs, flow, ...rest } = caseOptions;

/** The keys of a case file that lies in an app. */
export const appCaseOptions = {
  ...rest,
  case: optional(option.name, "The name of the file without `.case.yaml`."),
  source: optional(source.type, source.description),
  needs: withDefault(needs.type, [], needs.description),
  flow: optional(flow.type, "A flow of its own, instead of the app that the file lies in."),
  environment: optional(option.mapOf(option.name), "Values of the variables that the app's options name; others have stand-ins."),
  offers: optional(
    option.mapOf(option.listOf(offeredOption)),
    "Messages that a polled source has, by address (with `*`) or connector, in order. Without it there are none.",
  ),
  targets: optional(option.mapOf(answers), "What targets answer, by address (with `*`) or connector. Without it they are recorders."),
} satisfies OptionSpecs;
