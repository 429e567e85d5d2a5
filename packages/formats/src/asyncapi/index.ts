export type { AsyncChannel, AsyncDocument, AsyncMessage, AsyncOperation } from "./async-document.ts";
export { isAsyncDescription, readAsyncDocument } from "./read-document.ts";
export { writeAsyncDocument } from "./write-document.ts";
