export { createJsonataLanguage, jsonataLanguage } from "./jsonata/language.ts";
export { JsonataError } from "./compiled/errors.ts";
export type { MappingFunction } from "./mapping-function.ts";
export { mappingFunctions } from "./mapping-functions.ts";
export { valueMapFunction } from "./value-map/function.ts";
export { jsonata } from "./compiled/jsonata.ts";
