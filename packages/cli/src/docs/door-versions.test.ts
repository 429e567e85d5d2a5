import { readFile } from "node:fs/promises";
import { createTemporaryFolder } from "@portolan/testkit";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const FLOW = `
routes:
  first: { output: { type: string }, from: [{ rest: { get: /orders, version: "1", default: true } }], steps: [{ map: '"one"' }] }
  second: { output: { type: integer }, from: [{ rest: { get: /orders, version: "2" } }], steps: [{ map: "2" }] }
`;

test("versions of a door are one operation, with a parameter that lists them", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("orders.flow.yaml", FLOW);
  expect(await command(["docs", "--out", "public"], { directory: folder.root })).toMatchObject({ code: 0, stderr: "" });
  const document = JSON.parse(await readFile(folder.path("public/openapi.json"), "utf8")) as Record<string, unknown>;
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  expect(document).toMatchObject({
    paths: {
      "/orders": {
        get: {
          operationId: "first",
          parameters: [{ name: "Api-Version", in: "header", schema: { enum: ["1", "2"], default: "1" } }],
          responses: {
            200: { content: { "application/json": { schema: { anyOf: [{ $ref: expect.any(String) }, { $ref: expect.any(String) }] } } } },
          },
        },
      },
    },
  });
});
