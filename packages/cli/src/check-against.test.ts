import { execFileSync } from "node:child_process";
import { createTemporaryFolder, type TemporaryFolder } from "@portolan/testkit";
import { expect, it } from "vitest";
import { command } from "./io.test.support.ts";

const order = (properties: object, required: readonly string[]) => ({ type: "object", properties, required });
const BEFORE = { id: { type: "string" }, total: { type: "number", maximum: 100 } };

const flow = (doors: readonly object[], more: object = {}) => ({
  channels: { accepted: { contract: "./order.schema.json" } },
  routes: { place: { from: doors, input: "./order.schema.json", output: "./order.schema.json", steps: [] } },
  ...more,
});
const POST = { rest: { post: "/orders" } };

async function check(folder: TemporaryFolder, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await command(["check", "--json", ...argv], { directory: folder.path("shop") });
  const lines = stdout.trim().split("\n");
  const findings = lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { readonly path: string; readonly message: string });
  return { code, findings: findings.map(({ path, message }) => `${path}: ${message}`), errors: stderr };
}

async function versions(before: readonly [string, unknown][], after: readonly [string, unknown][]) {
  const folder = await createTemporaryFolder();
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", folder.root, "-c", "user.name=a", "-c", "user.email=a@example.com", ...words]);
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, content] of before) await folder.put(`shop/${name}`, content);
  git("add", ".");
  git("commit", "--quiet", "--message", "before");
  for (const [name, content] of after) await folder.put(`shop/${name}`, content);
  return folder;
}

it("names what clients of the other revision lose, and leaves the repository as it is", async () => {
  await using folder = await versions(
    [
      ["order.schema.json", order(BEFORE, ["id"])],
      ["shop.flow.yaml", flow([POST, { rest: { put: "/orders" } }], { channels: { old: {}, accepted: {} } })],
    ],
    [
      ["order.schema.json", order({ ...BEFORE, customer: { type: "string" } }, ["id", "customer"])],
      ["shop.flow.yaml", flow([POST])],
    ],
  );
  const status = () => execFileSync("git", ["-C", folder.root, "status", "--porcelain"], { encoding: "utf8" });
  const before = status();
  expect(await check(folder, "--against", "main")).toEqual({
    code: 1,
    findings: [
      expect.stringMatching(/^routes.place.from: the door rest: PUT \/orders of the route "place" is gone$/),
      "routes.place.input: customer: is missing",
      'channels.old: the durable channel "old", with what may wait in it, is gone',
      "channels.accepted.contract: the body: anything can be here",
    ],
    errors: "",
  });
  expect(status()).toBe(before);
});

it("finds nothing in what both sides can live with", async () => {
  await using folder = await versions(
    [
      ["order.schema.json", order(BEFORE, ["id"])],
      ["shop.flow.yaml", flow([POST])],
    ],
    [["order.schema.json", order({ ...BEFORE, note: { type: "string" } }, ["id"])]],
  );
  expect(await check(folder, "--against", "main", "--compatibility", "full")).toEqual({ code: 0, findings: [], errors: "" });
});

it("looks in the direction that is asked for", async () => {
  await using folder = await versions(
    [
      ["order.schema.json", order(BEFORE, ["id", "total"])],
      ["shop.flow.yaml", { routes: { place: { input: "./order.schema.json", steps: [] } } }],
    ],
    [["order.schema.json", order({ ...BEFORE, total: { type: "number", maximum: 500 } }, ["id"])]],
  );
  expect((await check(folder, "--against", "HEAD")).findings).toEqual([]);
  expect((await check(folder, "--against", "HEAD", "--compatibility", "forward")).findings).toEqual([
    "routes.place.input: the other version, with messages of this one: total: may be missing",
    "routes.place.input: the other version, with messages of this one: total: maximum is 100, and was 500",
  ]);
});

it("compares with a directory, too", async () => {
  await using folder = await versions(
    [
      ["shop.flow.yaml", flow([POST])],
      ["order.schema.json", order(BEFORE, [])],
    ],
    [],
  );
  await folder.put("before/shop.flow.yaml", { routes: { gone: { steps: [] } } });
  expect((await check(folder, "--against", "../before")).findings).toEqual(['routes.gone: the route "gone" is gone']);
});

it.each([
  [["--against", "nowhere"], 'has no revision "nowhere"'],
  [["--against", "../nowhere"], "there is no directory"],
  [["--against", "main", "--compatibility", "sideways"], "--compatibility must be backward, forward or full"],
])("refuses %j", async (argv, message) => {
  await using folder = await versions(
    [
      ["shop.flow.yaml", flow([POST])],
      ["order.schema.json", order(BEFORE, [])],
    ],
    [],
  );
  const { code, errors } = await check(folder, ...argv);
  expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(message) });
});
