import type { RunningTarget, TargetContext } from "@portolan/core";
import { createInFlight } from "@portolan/gateway";
import { openConnection } from "../../http/connection.ts";
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
  const inFlight = createInFlight();
  let closed: Promise<void> | undefined;
  return {
    async send(message, { mode, key, signal }) {
      inFlight.enter();
      try {
        const answer = await connection.send(await plan.request(message, key), signal);
        if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, plan.endpoint, context.clock.now());
        return mode === "call" ? plan.reply(answer) : undefined;
      } finally {
        inFlight.leave();
      }
    },
    close: () => (closed ??= inFlight.close().then(() => connection.close())),
  };
}
