import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortolanError, type Finding } from "@portolan/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.ts";

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), "portolan-config-"))));
afterEach(() => rm(directory, { recursive: true, force: true }));

async function findingsOf(file: string, text: string, environment = {}): Promise<readonly Finding[]> {
  await writeFile(join(directory, file), text);
  const error: unknown = await loadConfig(directory, environment).catch((thrown: unknown) => thrown);
  if (!(error instanceof PortolanError)) throw new Error("the configuration was accepted", { cause: error });
  expect(error.code).toBe("PORTOLAN_CONFIG_INVALID");
  return error.findings ?? [];
}

describe("the configuration", () => {
  it("has defaults for everything, and listens on this machine only", async () => {
    expect(await loadConfig(directory, {})).toMatchObject({
      http: { host: "127.0.0.1", port: 8080 },
      store: { directory: ".portolan" },
      durability: "power-loss",
      drain: 10_000,
    });
  });

  it("fills in the defaults of a part that is given in part", async () => {
    await writeFile(join(directory, "portolan.config.json"), '{ "http": { "port": "${PORT}" }, "drain": "2s" }');
    expect(await loadConfig(directory, { PORT: "81" })).toMatchObject({ http: { host: "127.0.0.1", port: 81 }, drain: 2000 });
  });

  it("tells everything that is wrong at once, each with its place and the nearest name", async () => {
    const text = '{\n  "htpp": {},\n  "http": {\n    "port": 70000\n  },\n  "journal": "some"\n}\n';
    const findings = await findingsOf("portolan.config.json", text);
    expect(findings.map(({ path, place }) => [path, place?.line, place?.column])).toEqual([
      ["config.htpp", 2, 3],
      ["config.http.port", 4, 5],
      ["config.journal", 6, 3],
    ]);
    expect(findings[0]?.hint).toBe('did you mean "http"?');
    expect(findings[0]?.place?.file).toBe(join(directory, "portolan.config.json"));
  });

  it("says which policies of the HTTP host contradict themselves", async () => {
    const text = '{ "http": { "policies": { "cors": { "origins": "*", "credentials": true } } } }';
    const [finding, ...others] = await findingsOf("portolan.config.json", text);
    expect([finding?.path, others]).toEqual(["config.http.policies", []]);
    expect(finding?.message).toContain("credentials cannot be allowed to all origins");
  });

  it("says which environment variable is not set, and where it is used", async () => {
    const [finding] = await findingsOf("portolan.config.json", '{ "store": {\n "directory": "${DATA}" } }');
    expect(finding).toMatchObject({ message: "the environment variable DATA is not set", place: { line: 2, column: 2 } });
  });

  it.each([
    ['{ "a": }', 8, "a value", '"}"'],
    ['{ "a": 1', 9, '"," or "}"', "the end of the file"],
    ["{ 'a': 1 }", 3, "a key in double quotes", '"\'"'],
    ['{ "a" 1 }', 7, '":" after "a"', '"1"'],
    ['{ "a": 1, }', 11, "a key in double quotes", '"}"'],
    ['{ "a": 1 } x', 12, "the end of the file", '"x"'],
    ['{ "a": tru }', 8, "a value", '"t"'],
    ['{ "a": "\\x" }', 8, "a value", '"\\""'],
  ])("points at the place where %s is no JSON", async (text, column, expected, found) => {
    expect(await findingsOf("portolan.config.json", text)).toMatchObject([
      { message: "not well-formed JSON", expected, found, place: { line: 1, column } },
    ]);
  });
});
