import { cleansingFunctions } from "./cleansing/functions.ts";
import { jsonPatchFunctions } from "./json-patch/functions.ts";
import type { MappingFunction } from "./mapping-function.ts";
import { requiredFunction } from "./table/required.ts";

/** The functions that expressions of an app have beside those of JSONata. They answer at once. */
export const mappingFunctions: readonly MappingFunction[] = [...cleansingFunctions, ...jsonPatchFunctions, requiredFunction];
