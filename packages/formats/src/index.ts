export { bytesFormat } from "./bytes/bytes.ts";
export { csvFormat } from "./csv/csv.ts";
export { type FormatChoice, chosenFormat, formatChoice } from "./format-choice.ts";
export { type Formats, createFormat, createFormats, formats } from "./formats.ts";
export { jsonFormat } from "./json/json.ts";
export { createContracts } from "./json-schema/contracts.ts";
export { ndjsonFormat } from "./ndjson/ndjson.ts";
export { textFormat } from "./text/text.ts";
