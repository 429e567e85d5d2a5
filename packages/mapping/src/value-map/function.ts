import { listNames, nearestName, PortolanError, type LanguageContext, type ValueMapLookup } from "@portolan/core";
import type { MappingFunction } from "../mapping-function.ts";

/** Looking up in the app's value maps, which may have to wait for their rows. */
export function valueMapFunction({ valueMap, valueMapNames = [] }: Pick<LanguageContext, "valueMap" | "valueMapNames">): MappingFunction {
  return {
    name: "valueMap",
    signature: "<sxo?:x>",
    summary:
      "What stands for a value in a value map of the app. Nothing for nothing and null; a value that the map does not have is an error unless `otherwise` is given, here or with the map.",
    options: {
      otherwise: "what stands for a value that the map does not have",
      column: "another column of the rows than the map's own",
      reverse: "true: from what stands for a value back to the value",
    },
    examples: [],
    call(name, value, options) {
      const map = typeof name === "string" ? valueMap?.(name) : undefined;
      // Lookups come from expressions: any other key is not looked at.
      if (map !== undefined) return map.find(value, (options ?? {}) as ValueMapLookup);
      const nearest = nearestName(String(name), valueMapNames);
      throw new PortolanError(
        "PORTOLAN_VALUE_INVALID",
        `there is no value map ${JSON.stringify(name)}; there are: ${listNames(valueMapNames)}`,
        {
          hint: nearest === undefined ? "declare it under `valueMaps`" : `did you mean ${JSON.stringify(nearest)}?`,
        },
      );
    },
  };
}
