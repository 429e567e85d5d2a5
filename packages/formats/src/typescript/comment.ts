import { isRecord } from "@portolan/core";

const MOST_CHARACTERS = 200;

/** What a schema or an operation says of itself, as the lines of a comment. */
export function commentOf(value: unknown, indent: string): readonly string[] {
  if (!isRecord(value)) return [];
  const { title, summary, description, deprecated } = value;
  const said = [summary, description, title].find((text) => typeof text === "string" && text.trim() !== "");
  const text = typeof said === "string" ? sentence(said) : "";
  const parts = [...(text === "" ? [] : [text]), ...(deprecated === true ? ["@deprecated"] : [])];
  return parts.length === 0 ? [] : [`${indent}/** ${parts.join(" ")} */`];
}

function sentence(text: string): string {
  // Without HTML and breaks of lines, among them those of JavaScript only; and no end of a comment, no tag of an editor.
  const line = text
    .replaceAll(/<\/?[a-z][^<>]*>/gi, " ")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replaceAll("*/", "*\\/")
    .replaceAll(/(^|\s)@/g, "$1\\@");
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…` : line.toWellFormed();
}
