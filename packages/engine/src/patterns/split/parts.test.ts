import { createMessage } from "@portolan/core";
import { expect, test } from "vitest";
import { partsOf } from "./parts.ts";

test("every part of a long list is named by its index, and has it in its id", () => {
  const size = 1_002_003;
  const parts = partsOf(
    { kind: "list", list: Array.from({ length: size }, (_, index) => index) },
    createMessage("m", null),
    (part) => part,
  );
  if (!(Symbol.iterator in parts)) throw new Error("the parts of a list come at once");
  let index = 0;
  for (const { name, message } of parts) {
    if (name !== `${index}` || message.id !== `m-${index}` || message.body !== index) expect({ name, id: message.id }).toEqual({ index });
    index += 1;
  }
  expect(index).toBe(size);
});
