export { createJsonataLanguage, jsonataLanguage } from "./jsonata/language.ts";
export { JsonataError } from "./compiled/errors.ts";
export { jsonata } from "./compiled/jsonata.ts";
