import { PortolanError, type ContractCheck, type Message, type RunningTarget, type TargetContext } from "@portolan/core";
import { endpointAt } from "./endpoint.ts";
import { httpHostOf } from "./source.ts";
import { writtenSchema } from "./written-schema.ts";
import type { TargetOptions } from "./target-options.ts";

/** Publishes messages to those who subscribe now. Nobody waits for them: with no subscriber there is nothing to do. */
export async function openPublisher(options: TargetOptions, { services, log, clock }: TargetContext): Promise<RunningTarget> {
  const { subscription = "", contract, filterBy, path } = options;
  const owner = `the target of subscription ${subscription}`;
  const check = contract === undefined ? undefined : await compile(contract, services.directory);
  const { topic, remove } = endpointAt({ host: httpHostOf(services, owner), path, log, clock }).publisher({
    place: { kind: "field", type: "Subscription", name: subscription },
    owner,
    input: undefined,
    output: check?.jsonSchema,
    isBatch: false,
    filterBy,
    written: writtenSchema(options.schema, services),
  });
  return {
    async send({ body }: Message) {
      topic.publish(check === undefined ? body : await checked(body, check, owner));
      return undefined;
    },
    async close() {
      remove();
    },
  };
}

async function compile(contract: NonNullable<TargetOptions["contract"]>, directory: string): Promise<ContractCheck> {
  const { createContracts } = await import("@portolan/formats");
  return createContracts({ directory }).compile(contract);
}

async function checked(body: unknown, contract: ContractCheck, owner: string): Promise<unknown> {
  const result = await contract.check(body);
  if ("body" in result) return result.body;
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `the body breaks the contract of ${owner}`, { findings: [...result.issues] });
}
