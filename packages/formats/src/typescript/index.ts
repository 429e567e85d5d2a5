export { typescriptOfApi } from "./typescript-of-api.ts";
