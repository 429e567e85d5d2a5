import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "./io.test.support.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portolan-convert-"));
  await writeFile(join(directory, "rows.csv"), "id;name\n1;Ada\n2;Bo\n");
  await writeFile(join(directory, "order.json"), '{"lines":[{"price":2,"quantity":3},{"price":1,"quantity":1}],"name":"Ada"}');
});
afterAll(() => rm(directory, { recursive: true }));

const semicolon = ["--from-option", "delimiter=;"];

describe("convert", () => {
  it("takes the format of the file's extension, and writes JSON unless told otherwise", async () => {
    const rows = [
      { id: "1", name: "Ada" },
      { id: "2", name: "Bo" },
    ];
    expect(await command(["convert", ...semicolon, "rows.csv"], { directory })).toEqual({
      code: 0,
      stdout: JSON.stringify(rows),
      stderr: "",
    });
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    for (const flags of [[], ["--records"]]) {
      expect((await command(["convert", ...flags, ...semicolon, "rows.csv", "--to", "ndjson"], { directory })).stdout).toBe(lines);
    }
  });

  it("reads stdin, and says where it is not valid", async () => {
    const { code, stdout, stderr } = await command(["convert", "--from", "json", "--to", "text"], { stdin: '{"a":' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("error[PORTOLAN_FORMAT_INVALID]: JSON is not valid at line 1, column 6");
  });

  it.each([
    [["--from", "edix12"], 'there is no format "edix12"', 'did you mean "edi-x12"?'],
    [[], "the format that is read is not known", "say it with --from"],
    [["--from", "csv", "--from-option", "x"], '--from-option expects NAME=VALUE, found "x"', "see: portolan help"],
    [["--from", "json", "--records"], "the format json is no sequence of records", "leave --records out"],
    [["--from", "csv", "nothing.csv"], "nothing.csv cannot be read: ENOENT", ""],
  ])("refuses %j with what is wrong and what to do", async (argv, message, help) => {
    const { code, stderr } = await command(["convert", ...argv], { directory });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
  });

  it("is, as a step, told which formats there are", async () => {
    const flow = join(directory, "orders.flow.yaml");
    await writeFile(flow, "routes: { load: { steps: [{ convert: { format: edi, direction: decode } }] } }\n");
    const { code, stdout, stderr } = await command(["check", flow]);
    expect({ code, output: stdout + stderr }).toEqual({
      code: expect.any(Number),
      output: expect.stringMatching(/"edi"[^]*edi-x12, edifact/),
    });
    expect(code).toBeGreaterThan(0);
  });

  it("says which options a format has", async () => {
    const { code, stderr } = await command(["convert", "--from", "csv", "--from-option", "delimitr=;"]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("delimitr") });
  });
});

describe("eval", () => {
  it("evaluates an expression on a file, or on stdin as the body of a message", async () => {
    expect((await command(["eval", "$sum(lines.(price * quantity))", "order.json"], { directory })).stdout).toBe("7\n");
    expect((await command(["eval", "--body", "-r", "body.name"], { stdin: '{"name":"Ada"}' })).stdout).toBe("Ada\n");
    expect((await command(["eval", "-c", "[1,2]"], { stdin: "{}" })).stdout).toBe("[1,2]\n");
    expect(await command(["eval", "nothing"], { stdin: "{}" })).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("tells a wrong expression from a failure", async () => {
    expect(await command(["eval", "1 +"], { stdin: "{}" })).toMatchObject({ code: 2, stderr: expect.stringContaining("PORTOLAN_USAGE") });
    expect(await command(["eval", '1 + "a"'], { stdin: "{}" })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("PORTOLAN_EXPRESSION"),
    });
  });
});
