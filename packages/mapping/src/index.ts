export { jsonataLanguage } from "./jsonata/language.ts";
