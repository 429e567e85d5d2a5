import { option, optional, required, withDefault, type Durability } from "@portolan/core";
import { errorMatchOption } from "./error-match-option.ts";
import { redeliveryOptions, retryOptions } from "./retry-option.ts";

const retryOrFalse = option.either(option.oneOf(false), (value) => value === false, option.object(retryOptions));

/** One clause of `onError`. */
const clauseOptions = {
  match: withDefault(errorMatchOption, {}, "Which errors; nothing matches all"),
  retry: optional(retryOrFalse, "How the failing step is repeated; left out or false: it is not"),
  outcome: withDefault(option.oneOf("fail", "handle", "continue", "deadLetter"), "fail", "What happens after the last attempt"),
  steps: withDefault(option.steps, [], "What runs then"),
  useOriginal: withDefault(option.boolean, false, "`steps` get the message that the route received"),
  deadLetter: optional(option.name, "The channel, with `outcome: deadLetter`"),
};

const completionOptions = {
  on: withDefault(option.oneOf("success", "failure", "always"), "always", "After which end; handled and continued count as success"),
  mode: withDefault(
    option.oneOf("after", "before"),
    "after",
    "`after` the commit and the reply, on a copy; `before`: as the last steps, inside the unit of work (needs `on: success`)",
  ),
  when: optional(option.expression, "Runs only if it holds"),
  useOriginal: withDefault(option.boolean, false, "`steps` get the message that the route received"),
  steps: required(option.steps, "What runs"),
};

const interceptionOptions = {
  on: required(option.oneOf("from", "step", "to"), "Before the first step, before every top-level step, or before every `to` and `call`"),
  match: withDefault(option.name, "*", "Route id, pattern name or address; with `*` as wildcard"),
  when: optional(option.expression, "Only if it holds"),
  skip: withDefault(option.boolean, false, "Leaves the intercepted step out; with `from`, the whole route"),
  steps: required(option.steps, "What runs before"),
};

const DURABILITIES = ["power-loss", "process-crash", "none"] as const satisfies readonly Durability[];

/** A route. */
const routeOptions = {
  from: withDefault(option.listOf(option.source), [], "Doors; with none the route is reachable by `call` and `to` only"),
  input: optional(option.contract, "Checked before the first step"),
  output: optional(option.contract, "Checked after the last step"),
  steps: withDefault(option.steps, [], "What happens to a message"),
  onError: withDefault(option.listOf(option.object(clauseOptions)), [], "What happens to failures; the first clause that matches"),
  onComplete: withDefault(option.listOf(option.object(completionOptions)), [], "What runs when a message has ended"),
  intercept: withDefault(option.listOf(option.object(interceptionOptions)), [], "What runs before the route, its steps or its sends"),
  deadLetter: optional(
    option.either(option.oneOf(false), (value) => value === false, option.name),
    "Where messages go that nobody waits for; false: they are only logged",
  ),
  concurrency: optional(option.integer({ min: 1 }), "Messages of this route in flight at once; further deliveries wait"),
  durability: optional(
    option.oneOf(...DURABILITIES),
    "What a commit survives: `power-loss` (on disk), `process-crash` (handed to the operating system), `none` (written soon). Default: that of the node's configuration, else `power-loss`",
  ),
  title: optional(option.text, "A name for people"),
  note: optional(option.text, "What one should know about it"),
  tags: withDefault(option.listOf(option.name), [], "For finding it"),
  owner: optional(option.text, "Who answers for it"),
};

/** A channel. */
export const channelOptions = {
  mode: withDefault(option.oneOf("direct", "memory", "durable"), "durable", "Where its messages live; `direct` has no buffer"),
  contract: optional(option.contract, "What its messages must be"),
  orderedBy: optional(option.expression, "Messages with the same key are processed one after another, in order"),
  concurrency: withDefault(option.integer({ min: 1 }), 1, "Messages in process per consuming route"),
  maxAttempts: withDefault(option.integer({ min: 1 }), 5, "Deliveries, the first included, then dead letter"),
  redelivery: withDefault(option.object(redeliveryOptions), { delay: 1000 }, "Between deliveries"),
  deadLetter: optional(option.name, "Where its messages go in the end; default: the app's"),
  ttl: optional(option.duration, "Older messages are dead-lettered instead of delivered"),
  priority: optional(option.expression, "A number, higher first; not with `orderedBy`"),
  delay: optional(option.durationOrExpression, "Delivered no sooner than this after the commit"),
  capacity: withDefault(option.integer({ min: 1 }), 1000, "Memory: senders wait when so many wait"),
};

const systemOptions = {
  title: optional(option.text, "A name for people"),
  owner: optional(option.text, "Who answers for it"),
  note: optional(option.text, "What one should know about it"),
};

const valueMapOptions = {
  values: optional(option.mapOf(option.anything), "The map itself: value → what it stands for"),
  file: optional(option.text, "A file of rows, or of one map: CSV, JSON, YAML, …; its path starts in the app's directory"),
  route: optional(option.name, "A route that answers with a list of rows, or with one map"),
  key: optional(option.name, "The column of the values that are looked up. Default: the first"),
  value: optional(option.name, "The column of what they stand for. Default: the second"),
  refresh: optional(option.duration, "After so long the rows are read again; until they are there, the old ones serve"),
  otherwise: optional(option.anything, "Stands for values that the map does not have; left out, such a value is an error"),
};

const errorsOptions = {
  deadLetter: withDefault(option.name, "dead", "Where messages go that nobody waits for"),
  retry: withDefault(option.object(retryOptions), {}, "Fills in what clauses leave out"),
  onError: withDefault(
    option.listOf(option.object(clauseOptions)),
    [],
    "Clauses after each route's own, in the route that the message entered",
  ),
};

const templateOptions = {
  parameters: withDefault(
    option.mapOf(option.object({ default: optional(option.anything, "Its value, if none is given") })),
    {},
    "Parameter → its default; one without a default must be given",
  ),
  route: required(option.anything, "The route; `{{p}}` in its texts is replaced, expressions read `attributes.params.p`"),
};

const instanceOptions = {
  template: required(option.name, "The template that the route is made from; then no other key but `with`"),
  with: withDefault(option.mapOf(option.anything), {}, "Parameter → value"),
};

/** A route, or the use of a template. */
const routeOrInstance = option.either(
  option.object(instanceOptions),
  (value) => typeof value === "object" && value !== null && "template" in value,
  option.object(routeOptions),
);

export const routeOption = option.object(routeOptions);

/** A flow file. */
export const flowOptions = {
  routes: withDefault(option.mapOf(routeOrInstance), {}, "Route id → route"),
  intercept: withDefault(option.listOf(option.object(interceptionOptions)), [], "Interceptions of all routes"),
  templates: withDefault(option.mapOf(option.object(templateOptions)), {}, "Name → template"),
  channels: withDefault(option.mapOf(option.object(channelOptions)), {}, "Name → channel"),
  systems: withDefault(option.mapOf(option.object(systemOptions)), {}, "Name → system"),
  valueMaps: withDefault(option.mapOf(option.object(valueMapOptions)), {}, "Name → value map, for `$valueMap`"),
  errors: withDefault(option.object(errorsOptions), { deadLetter: "dead", retry: {}, onError: [] }, "The app's error policy"),
};

export const flowOption = option.object(flowOptions);
