import { NO_HEADERS, PortolanError, createHeaders, parseDuration, sleep, type Clock, type Message, type Reply } from "@portolan/core";
import type { Answer, AnswerFunction, ScriptedAnswer, ScriptedError, TargetCall } from "./answer.ts";

/** What an answer is made with. */
export interface AnsweringContext {
  readonly clock: Clock;
  /** Lets time stand still until the work has ended. */
  track<T>(work: Promise<T>): Promise<T>;
}

/** An answer at work. Its turn lives as long as it does. */
export type Answering = (message: Message, call: TargetCall, context: AnsweringContext) => Promise<Reply | undefined>;

/** Without an answer a target is a recorder: it takes every message, and replies with the body it got. */
export function createAnswering(answer: Answer | undefined): Answering {
  if (answer === undefined) return async ({ body, headers }) => ({ body, headers });
  return typeof answer === "function" ? calling(answer) : scripted(answer);
}

function scripted(script: ScriptedAnswer): Answering {
  switch (script.kind) {
    case "reply": {
      const { body, headers } = script;
      // As documented: a body that is a function makes the body.
      const answering = typeof body === "function" ? calling(body as AnswerFunction) : async () => ({ body, headers: NO_HEADERS });
      return async (message, call, context) => ({ body: (await answering(message, call, context))?.body, headers: createHeaders(headers) });
    }
    case "fail":
      return async () => {
        throw errorOf(script.error);
      };
    case "delay": {
      const then = createAnswering(script.answer);
      return async (message, call, context) => {
        await sleep(context.clock, script.delayMs);
        return then(message, call, context);
      };
    }
    case "inTurn": {
      const answers = script.answers.map(createAnswering);
      let turn = 0;
      return async (message, call, context) => {
        const answering = answers[Math.min(turn, answers.length - 1)] ?? createAnswering(undefined);
        turn += 1;
        return answering(message, call, context);
      };
    }
    default:
      throw script satisfies never;
  }
}

function calling(answer: AnswerFunction): Answering {
  return async (message, call, context) => {
    const body = answer(message, call);
    return { body: body instanceof Promise ? await context.track(body) : body, headers: NO_HEADERS };
  };
}

/** A new error each time: the engine notes on an error where it happened. */
function errorOf(error: ScriptedError): Error {
  if (error instanceof PortolanError) {
    const { code, message, kind, hint, retryAfterMs, endpoint, parts } = error;
    return new PortolanError(code, message, {
      kind,
      cause: error.cause,
      ...(hint === undefined ? {} : { hint }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(parts === undefined ? {} : { parts }),
    });
  }
  if (error instanceof Error) return error;
  const { kind = "transient", code = "SCRIPTED", message = "scripted failure", retryAfter } = error;
  const retryAfterMs = parseDuration(retryAfter);
  return new PortolanError(code, message, { kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
