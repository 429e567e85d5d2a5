import { PortolanError, type ContractCheck } from "@portolan/core";

/**
 * The error as the caller of a door should have it. A breach of a contract is the caller's fault only if it is one of the request's own
 * body. One of the route's output, or of a body that the route made of a sound request, is a fault on this side: a defect to the caller.
 */
export async function blamed(error: unknown, body: unknown, input: ContractCheck | undefined): Promise<unknown> {
  if (!(error instanceof PortolanError) || error.code !== "PORTOLAN_CONTRACT_FAILED") return error;
  const isSound = input === undefined ? !error.step : "body" in (await input.check(body));
  if (!isSound) return error;
  const { route, step, messageId, findings } = error;
  return new PortolanError(error.code, error.message, {
    kind: "defect",
    cause: error,
    ...(route === undefined ? {} : { route }),
    ...(step === undefined ? {} : { step }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(findings === undefined ? {} : { findings }),
  });
}
