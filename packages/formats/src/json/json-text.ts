import { describeValue } from "@portolan/core";
import { formatInvalid, placeOf } from "../format-invalid.ts";
import { findJsonFault } from "./json-fault.ts";

/** The value of a JSON text. `line` is the number of its first line, for error messages. */
export function parseJson(text: string, maxDepth: number, line = 1): unknown {
  checkDepth(text, maxDepth, line);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const fault = findJsonFault(text);
    const place = placeOf(text, fault.offset, line);
    throw formatInvalid(
      `JSON is not valid at line ${place.line}, column ${place.column}: expected ${fault.expected}, found ${fault.found}`,
      {
        cause,
      },
    );
  }
}

export function writeJson(value: unknown, indent = 0): string {
  if (value instanceof Uint8Array) throw unwritable(`${value.length} bytes`, undefined);
  let text: string | undefined;
  try {
    text = JSON.stringify(value, undefined, indent);
  } catch (cause) {
    throw unwritable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  // A function or undefined: JSON.stringify's type does not say so.
  if (text === undefined) throw unwritable(describeValue(value), undefined);
  return text;
}

function unwritable(found: string, cause: unknown) {
  return formatInvalid(`JSON can be written of data: texts, numbers, booleans, null, lists and maps; found ${found}`, { cause });
}

/** Scans only texts with more opening brackets than levels are allowed: most have fewer. */
function checkDepth(text: string, maxDepth: number, line: number): void {
  if (countUpTo(text, "{", maxDepth) + countUpTo(text, "[", maxDepth) <= maxDepth) return;
  let depth = 0;
  let isText = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (isText) {
      if (character === "\\") index += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === "}" || character === "]") depth -= 1;
    else if ((character === "{" || character === "[") && ++depth > maxDepth) throw tooDeep(text, index, { maxDepth, line });
  }
}

function tooDeep(text: string, index: number, { maxDepth, line }: { maxDepth: number; line: number }) {
  const place = placeOf(text, index, line);
  return formatInvalid(`JSON is too deep at line ${place.line}, column ${place.column}: expected at most ${maxDepth} levels, found more`, {
    hint: "raise maxDepth of the format if such documents are right",
  });
}

function countUpTo(text: string, character: string, most: number): number {
  let count = 0;
  for (let next = text.indexOf(character); next >= 0 && count <= most; next = text.indexOf(character, next + 1)) count += 1;
  return count;
}
