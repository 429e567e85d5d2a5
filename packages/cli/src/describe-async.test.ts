import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "./io.test.support.ts";

test("describe lists what an application sends and receives, with files above the document's own folder", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put(
    "common files/messages.yaml",
    "liked: { payload: { $ref: '#/Liked' } }\nLiked: { type: object, properties: { id: { type: string } }, required: [id] }\n",
  );
  await folder.put(
    "my service/asyncapi.yaml",
    `asyncapi: 2.6.0
info: { title: Comments, version: "2" }
channels:
  liked: { publish: { operationId: like, message: { $ref: "../common%20files/messages.yaml#/liked" } } }
  counted: { subscribe: { operationId: count, message: { name: Count, payload: { type: integer } } } }
  unused: {}
`,
  );
  const outcome = await command(["describe", "my service/asyncapi.yaml", "--types"], { directory: folder.root });
  expect(outcome).toEqual({
    code: 0,
    stderr: "",
    stdout: `AsyncAPI 2.6.0: Comments 2

OPERATION  CALL            TAKES  ANSWERS
like       receive liked   Liked
count      send counted           integer
unused     channel unused

TYPE   IS
Liked  object
  id   string
`,
  });
});

test("describe says why an AsyncAPI document cannot be read", async () => {
  const outcome = await command(["describe", "-"], { stdin: '{ "asyncapi": "1.2.0" }' });
  expect(outcome).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("it is AsyncAPI 1.2.0; expected 2 or 3") });
});
