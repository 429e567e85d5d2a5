import { header, type HeaderValue, type Message } from "@portolan/core";
import { fileFailure } from "./file-error.ts";

const PLACEHOLDER = /\{(id|header\.[^{}]+)\}/g;

/** What is wrong with a template, in words; undefined if nothing is. */
export function checkTemplate(template: string): string | undefined {
  const plain = template.replaceAll(PLACEHOLDER, "x");
  if (/[{}]/.test(plain)) return "`file` knows the placeholders {id} and {header.NAME}";
  const parts = plain.split(/[/\\]/);
  if (parts.some((part) => part === ".." || part === "." || part === "") || /^[a-z]:/i.test(plain)) {
    return "`file` is a path within `directory`, without `..`";
  }
  return undefined;
}

/** The path that a template makes of a message. What comes from the message never leads to another folder. */
export function fillTemplate(template: string, message: Message): string {
  return template.replaceAll(PLACEHOLDER, (_whole, name: string) => {
    const value = name === "id" ? message.id : header(message.headers, name.slice("header.".length));
    return segment(name, value);
  });
}

function segment(name: string, value: HeaderValue | undefined): string {
  const text = value === undefined ? "" : String(value);
  if (text !== "" && text !== "." && text !== ".." && !/[/\\\u0000-\u001F]/.test(text)) return text;
  throw fileFailure(`{${name}} cannot be part of a file's name: expected a text without / and \\, found ${JSON.stringify(text)}`, {
    kind: "invalid",
    hint: "set the header to a plain name before the message is written",
  });
}
