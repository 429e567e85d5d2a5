import {
  header,
  mergeHeaders,
  option,
  optional,
  PortolanError,
  required,
  withDefault,
  type Duration,
  type Headers,
  type HeaderValue,
  type Message,
} from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern, type StepCompiler } from "../../pattern.ts";
import { checksOf, withChecks, type Check } from "../../runtime/claim-checks.ts";
import type { Execution } from "../../runtime/execution.ts";
import { keyOf } from "../../runtime/values.ts";
import { compileNamePattern, type NamePattern } from "../remove/name-pattern.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Puts the message aside. */
    claimCheck(operation: "push", options?: StepOptions): Steps<Body, Ended, Of>;
    claimCheck(operation: "set", options: ClaimOptions<Body>): Steps<Body, Ended, Of>;
    /** Fetches it, or parts of it, back. */
    claimCheck(operation: "pop", options?: FetchOptions): Steps<unknown, Ended, Of>;
    claimCheck(operation: "get" | "getAndRemove", options: ClaimOptions<Body> & FetchOptions): Steps<unknown, Ended, Of>;
  }
}

export interface ClaimOptions<Body> extends StepOptions {
  readonly key: (message: Message<Body>) => unknown;
  readonly store?: "message" | "durable";
  readonly ttl?: Duration;
}

export interface FetchOptions extends StepOptions {
  readonly body?: boolean;
  readonly headers?: readonly string[];
  readonly except?: readonly string[];
  readonly removeHeaders?: readonly string[];
  readonly onMissing?: "fail" | "keep";
}

const patterns = option.listOf(option.name);

const options = option.object({
  operation: required(option.oneOf("set", "get", "getAndRemove", "push", "pop"), "Keyed, or a stack"),
  key: optional(option.expression, "Required for the keyed operations"),
  body: withDefault(option.boolean, true, "get, pop: bring the body back"),
  headers: withDefault(patterns, ["*"], "get, pop: which stored headers come back, over the current ones"),
  except: withDefault(patterns, [], "Headers not brought back"),
  removeHeaders: withDefault(patterns, [], "get, pop: current headers removed first"),
  onMissing: withDefault(option.oneOf("fail", "keep"), "fail", "Nothing under the key, or an empty stack"),
  store: withDefault(option.oneOf("message", "durable"), "message", "Kept with this message in this route, or in the store under the key"),
  ttl: withDefault(option.duration, 86_400_000, "durable: how long it is kept"),
});

/** Claim check. */
export const claimCheck = definePattern({
  name: "claimCheck",
  title: "Claim check",
  group: "data",
  summary: "Puts the message aside and fetches it, or parts of it, back.",
  semantics:
    "`set` and `push` store body and headers and leave the message unchanged. A copy block starts with the checks of its parent and does not give its own back. Nothing under the key, or an empty stack, fails with `PORTOLAN_CLAIM_MISSING` unless `onMissing: keep`. With `store: durable` only the keyed operations are possible, and the check belongs to the unit of work.",
  example: `
- claimCheck: { operation: push }
- map: '{ "query": body.id }'
- claimCheck: { operation: pop, body: false, headers: [foo, bar] }`,
  options,
  compile({ options }, compiler) {
    const { operation, store, key } = options;
    const isKeyed = operation !== "push" && operation !== "pop";
    if (isKeyed && key === undefined) compiler.invalid(`${operation} needs a key`, "key", "nothing");
    if (!isKeyed && store === "durable") compiler.invalid("a stack is kept with the message", "store: message", "store: durable");
    const keyValue = key === undefined ? undefined : compiler.expression(key);
    const fetch = compileFetch(options, compiler);
    const durable = compiler.node.table("claimCheck");
    const missing = (message: Message): Message => {
      if (options.onMissing === "keep") return message;
      throw new PortolanError(
        "PORTOLAN_CLAIM_MISSING",
        operation === "pop" ? "the stack of claim checks is empty" : "there is no claim check under this key",
      );
    };

    const keyed = async (message: Message): Promise<string> => {
      const name = keyOf(await keyValue?.(message));
      if (name === undefined) throw new PortolanError("PORTOLAN_KEY_MISSING", "the key of the claim check is missing");
      return name;
    };

    const inStore = async (message: Message, execution: Execution): Promise<Message> => {
      const name = await keyed(message);
      return durable.withRow(execution, name, async (row) => {
        if (operation === "set") {
          await row.put({ body: message.body, headers: message.headers }, { until: compiler.clock.now() + options.ttl });
          return message;
        }
        const check = (await row.get())?.value as Check | undefined;
        if (check === undefined) return missing(message);
        if (operation === "getAndRemove") await row.drop();
        return fetch(message, check);
      });
    };

    const inMessage = (message: Message): Message | Promise<Message> => {
      const { stack, keyed: known } = checksOf(message);
      const check: Check = { body: message.body, headers: message.headers };
      if (operation === "push") return withChecks(message, { keyed: known, stack: [...stack, check] });
      if (operation === "pop") {
        const top = stack.at(-1);
        return top === undefined ? missing(message) : withChecks(fetch(message, top), { keyed: known, stack: stack.slice(0, -1) });
      }
      return underKey(message, check);
    };
    const underKey = async (message: Message, check: Check): Promise<Message> => {
      const { stack, keyed: known } = checksOf(message);
      const name = await keyed(message);
      if (operation === "set") return withChecks(message, { stack, keyed: { ...known, [name]: check } });
      const found = known[name];
      if (found === undefined) return missing(message);
      if (operation === "get") return fetch(message, found);
      const { [name]: _removed, ...others } = known;
      return withChecks(fetch(message, found), { stack, keyed: others });
    };
    return store === "durable" ? inStore : inMessage;
  },
  method: ([operation, extra]) => ({ operation, ...(typeof extra === "object" ? extra : {}) }),
});

interface FetchParts {
  readonly body: boolean;
  readonly headers: readonly string[];
  readonly except: readonly string[];
  readonly removeHeaders: readonly string[];
}

/** Brings a check, or parts of it, back into a message. */
function compileFetch(options: FetchParts, compiler: StepCompiler): (message: Message, check: Check) => Message {
  const compile = (pattern: string) => compileNamePattern(pattern, true, compiler.invalid);
  const wanted = options.headers.map(compile);
  const unwanted = options.except.map(compile);
  const removed = options.removeHeaders.map(compile);
  return (message, check) => {
    const body = options.body ? check.body : message.body;
    // Nothing has changed since: merging headers into themselves would copy them once for each.
    if (message.headers === check.headers && removed.length === 0)
      return { id: message.id, body, headers: message.headers, attributes: message.attributes };
    const changes: Record<string, HeaderValue | undefined> = {};
    for (const name of Object.keys(message.headers)) if (matches(removed, name)) changes[name] = undefined;
    for (const name of Object.keys(check.headers)) {
      if (matches(wanted, name) && !matches(unwanted, name)) changes[name] = header(check.headers, name);
    }
    const headers: Headers = mergeHeaders(message.headers, changes);
    return { id: message.id, body, headers, attributes: message.attributes };
  };
}

function matches(list: readonly NamePattern[], name: string): boolean {
  return list.some((pattern) => pattern.matches(name));
}
