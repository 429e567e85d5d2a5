import type { RunningTarget, TargetContext } from "@portolan/core";
import { createInFlight } from "@portolan/gateway";
import { openConnection } from "../../http/connection.ts";
import type { OutgoingRequest } from "../../http/outgoing.ts";
import { pagedReply } from "./pages.ts";
import { streamedReply } from "./reply-reader.ts";
import type { ClientOptions } from "./options.ts";
import { errorOfStatus } from "../../remote-error.ts";
import { urlPlan } from "./url-plan.ts";

/** A client of one URL, or of one operation of an API description. */
export async function openClient(options: ClientOptions, context: TargetContext): Promise<RunningTarget> {
  const { client, operation = "" } = options;
  const plan =
    client === undefined
      ? urlPlan(options, context)
      : await (await import("./api-plan.ts")).apiPlan(options, { client, operation }, context);
  const connection = await openConnection(options, plan.way, context);
  const { endpoint } = plan;
  const { pages, stream } = options;
  const ask = async (request: OutgoingRequest, signal: AbortSignal | undefined) => {
    const answer = await connection.send(request, signal);
    if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, endpoint, context.clock.now());
    return answer;
  };
  const inFlight = createInFlight();
  let closed: Promise<void> | undefined;
  return {
    async send(message, { mode, key, signal }) {
      inFlight.enter();
      try {
        const request = await plan.request(message, key);
        if (mode === "to") return void (await ask(request, signal));
        if (pages !== undefined)
          return await pagedReply(request, { options: pages, endpoint, ask: (next) => ask(next, signal), reply: plan.reply });
        const answer = await ask(stream === true ? { ...request, isStreamed: true } : request, signal);
        return answer.stream === undefined ? plan.reply(answer) : streamedReply(answer, answer.stream, context.services);
      } finally {
        inFlight.leave();
      }
    },
    close: () => (closed ??= inFlight.close().then(() => connection.close())),
  };
}
