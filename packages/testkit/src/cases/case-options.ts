import {
  describeValue,
  isRecord,
  option,
  optional,
  optionsSchema,
  readOptions,
  required,
  type OptionSpecs,
  type OptionsOf,
  type OptionType,
  type ReadContext,
} from "@portolan/core";
import type { CaseSend, ExpectedFailure, ExpectedMessages } from "./case-file.ts";

const anyMap = option.mapOf(option.anything);

const mapOrNull: OptionType<Readonly<Record<string, unknown>> | null> = option.either(
  { kind: "null", expected: "null", schema: { type: "null" }, read: () => null },
  (value) => value === null,
  anyMap,
);

const failure: OptionType<ExpectedFailure> = {
  kind: "failure",
  expected: "a map with code, kind, message, parts, cause or suppressed",
  schema: { type: "object" },
  read: (value, context) => failureOptions.read(value, context),
};

const failureOptions = atLeastOne({
  code: optional(option.name, "The code of the error."),
  kind: optional(option.oneOf("transient", "invalid", "rejected", "defect"), "The kind of the error."),
  message: optional(option.name, "A text that the error's message contains."),
  parts: optional(option.listOf(option.integer({ min: 0 })), "The indexes of the failed parts."),
  cause: optional(failure, "The error's cause."),
  suppressed: optional(failure, "The earlier failure that this one followed on."),
});

const messages: OptionType<ExpectedMessages> = checked(
  atLeastOne({
    bodies: optional(option.listOf(option.anything), "The bodies."),
    order: optional(option.oneOf("exact", "any"), "Whether the order of the bodies matters."),
    count: optional(option.integer({ min: 0 }), "How many messages."),
    min: optional(option.integer({ min: 0 }), "How many messages at least."),
    headers: optional(option.listOf(mapOrNull), "Headers by position."),
    attributes: optional(option.listOf(mapOrNull), "Attributes by position."),
    at: optional(option.listOf(option.duration), "Virtual times by position."),
    within: optional(option.duration, "None arrived after this virtual time."),
    absent: optional(option.oneOf(true), "Nothing arrived."),
  }),
  (expected, context) => {
    for (const key of ["headers", "attributes", "at"] as const) {
      if (expected.order === "any" && expected[key] !== undefined) {
        context
          .at(key)
          .report({ message: `${key} goes by position, and order: any has none`, expected: "order: exact", found: "order: any" });
      }
    }
  },
);

const sendExpectations = option.mapOf(
  option.object({
    reply: optional(
      option.object({ body: optional(option.anything, "The reply's body."), headers: optional(anyMap, "Headers of the reply.") }),
      "The reply.",
    ),
    fails: optional(failure, "The failure that the sender is told."),
    endsAt: optional(option.duration, "The virtual time at which the send ends."),
  }),
);

const send: OptionType<CaseSend> = {
  kind: "send",
  expected: "a map with route, channel or control",
  schema: { type: "object" },
  read(value, context) {
    const options = readOptions(
      {
        route: optional(option.name, "The route that the message enters."),
        channel: optional(option.name, "The channel that the message is sent to."),
        body: optional(option.anything, "The body."),
        headers: optional(anyMap, "The headers."),
        mode: optional(option.oneOf("oneWay", "request"), "Whether the sender wants a reply."),
        at: optional(option.duration, "The virtual time."),
        control: optional(option.oneOf("stop", "restart", "crash"), "What happens to the node."),
      },
      value,
      context,
    );
    return options === undefined ? undefined : readSend(options, context);
  },
};

/** The keys of a case file. */
export const caseOptions = {
  case: required(option.name, "The name of the file without `.case.yaml`."),
  source: required(option.name, "Where the idea comes from."),
  needs: required(option.listOf(option.name), "What the engine must have."),
  note: optional(option.name, "What the case teaches."),
  flow: required(anyMap, "A flow file."),
  send: required(option.listOf(send), "What is sent."),
  until: optional(option.duration, "The virtual time at which the case stops."),
  expect: required(
    atLeastOne({
      start: optional(option.object({ fails: required(failure, "The failure.") }), "The flow is refused at start."),
      sends: optional(sendExpectations, "By index of the send."),
      records: optional(option.mapOf(messages), "By name of the recorder."),
      channels: optional(option.mapOf(messages), "By name of the channel."),
    }),
    "What must be seen.",
  ),
} satisfies OptionSpecs;

interface SendOptions {
  readonly route?: string | undefined;
  readonly channel?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly mode?: "oneWay" | "request" | undefined;
  readonly at?: number | undefined;
  readonly control?: "stop" | "restart" | "crash" | undefined;
}

function readSend(options: SendOptions, context: ReadContext): CaseSend | undefined {
  const { route, channel, control, at, ...message } = options;
  const named = Object.entries({ route, channel, control }).filter(([, value]) => value !== undefined);
  if (named.length !== 1) {
    const found = named.length === 0 ? "none of them" : named.map(([key]) => key).join(" and ");
    context.report({ message: "a send goes to one place", expected: "one of route, channel and control", found });
    return undefined;
  }
  if (control !== undefined) {
    const others = Object.keys(message);
    if (others.length > 0) context.report({ message: "control stands alone", expected: "no other key than at", found: others.join(", ") });
    return { kind: "control", control, at };
  }
  if (channel !== undefined && message.mode === "request") {
    context.at("mode").report({ message: "a channel cannot reply", expected: "oneWay", found: "request" });
  }
  return {
    kind: "message",
    to: channel === undefined ? { route: route ?? "" } : { channel },
    body: message.body ?? null,
    headers: message.headers ?? {},
    mode: message.mode ?? "oneWay",
    at,
  };
}

/** A map of options, of which at least one must be given. */
function atLeastOne<Specs extends OptionSpecs>(specs: Specs): OptionType<OptionsOf<Specs>> {
  const keys = Object.keys(specs).join(", ");
  const type: OptionType<OptionsOf<Specs>> = {
    kind: "object",
    expected: `a map with at least one of ${keys}`,
    schema: { ...optionsSchema(specs), minProperties: 1 },
    read: (value, context) => readOptions(specs, value, context),
  };
  return checked(type, (value, context) => {
    if (isRecord(value) && Object.keys(value).length === 0) {
      context.report({ message: "the map is empty", expected: type.expected, found: describeValue(value) });
    }
  });
}

/** The type with a further check of what was read. */
function checked<T>(type: OptionType<T>, check: (value: T, context: ReadContext) => void): OptionType<T> {
  return {
    kind: type.kind,
    expected: type.expected,
    schema: type.schema,
    read(value, context) {
      const result = type.read(value, context);
      if (result !== undefined) check(result, context);
      return result;
    },
  };
}
