import type { Contract, ContractCheck, ConnectorServices, PlacedSource, PlacedTarget } from "@portolan/core";
import type { FieldDefinition } from "./field.ts";
import { placeOf } from "./field-place.ts";
import type { DoorOptions, doorOptions } from "./options.ts";
import type { TargetOptions } from "./target-options.ts";

/** A field as an app's definition has it, before anything is opened. */
export interface DescribedField {
  readonly field: FieldDefinition;
  readonly options: Pick<DoorOptions, "path" | "schema"> & Partial<DoorOptions>;
  readonly placed: PlacedTarget;
}

/** All fields of an app's definition: its doors, and the subscriptions that targets publish to. */
export async function describedFields(
  sources: readonly PlacedSource<typeof doorOptions>[],
  targets: readonly PlacedTarget[],
  { directory }: Pick<ConnectorServices, "directory">,
): Promise<readonly DescribedField[]> {
  const { createContracts } = await import("@portolan/formats");
  const contracts = createContracts({ directory });
  const schemaOf = (contract: Contract | undefined): ContractCheck["jsonSchema"] =>
    contract === undefined || isForeign(contract) ? undefined : contracts.compile(contract).jsonSchema;
  const doors = sources.flatMap((placed): DescribedField[] => {
    const { options, route } = placed;
    const place = placeOf(options, route?.id ?? "");
    if (place === undefined) return [];
    const field = {
      place,
      owner: `route ${route?.id ?? ""}`,
      input: schemaOf(route?.input),
      output: schemaOf(route?.output),
      isBatch: options.batch !== undefined && options.batch !== false,
    };
    return [{ field, options, placed }];
  });
  const subscriptions = targets.flatMap((placed): DescribedField[] => {
    // Options of a target have been read by the specs of its connector.
    const options = placed.options as TargetOptions;
    if (options.subscription === undefined) return [];
    const field: FieldDefinition = {
      place: { kind: "field", type: "Subscription", name: options.subscription },
      owner: `the target of subscription ${options.subscription}`,
      input: undefined,
      output: schemaOf(options.contract),
      isBatch: false,
      filterBy: options.filterBy,
    };
    return [{ field, options, placed }];
  });
  return [...doors, ...subscriptions];
}

/** Contracts in documents other than JSON Schema are read by the app, and are any JSON here. */
function isForeign(contract: Contract): boolean {
  return "path" in contract && typeof contract.path === "string" && !/\.(?:json|ya?ml)$/i.test(contract.path);
}
