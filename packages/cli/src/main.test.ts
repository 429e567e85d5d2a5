import { ERROR_CODES } from "@portolan/core";
import { describe, expect, it } from "vitest";
import { commandNames } from "./registry.ts";
import { command } from "./io.test.support.ts";

describe("the command line", () => {
  it("shows its commands when it is given none, or asked for help", async () => {
    const { code, stdout } = await command([]);
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toContain(`  ${name} `);
    expect(await command(["help"])).toEqual({ code: 0, stdout, stderr: "" });
    expect(await command(["--help"])).toEqual({ code: 0, stdout, stderr: "" });
  });

  it.each(commandNames)("tells what %s does, with an example", async (name) => {
    const { code, stdout } = await command(["help", ...name.split(" ")]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^portolan ${name}`));
    expect(stdout).toContain("Examples:\n  portolan ");
    expect(await command([...name.split(" "), "--help"])).toEqual({ code: 0, stdout, stderr: "" });
  });

  it("tells about all commands of a group", async () => {
    const { stdout } = await command(["help", "channels"]);
    expect(stdout.match(/^portolan channels \w+/gm)).toEqual([
      "portolan channels ls",
      "portolan channels peek",
      "portolan channels redrive",
      "portolan channels purge",
    ]);
  });

  it("shows its version and that of Node", async () => {
    expect((await command(["--version"])).stdout).toMatch(/^portolan \d+\.\d+\.\d+ \(Node v\d+/);
  });

  it.each([
    [["strat"], 'there is no command "strat"', 'did you mean "start"?'],
    [["xyzzy"], 'there is no command "xyzzy"', "see: portolan help"],
    [["channels", "peak"], 'there is no command "channels peak"', 'did you mean "channels peek"?'],
    [["messages"], "messages needs one more word", "one of: messages show"],
    [["help", "strat"], 'there is no command "strat"', 'did you mean "start"?'],
    [["start", "--prot", "1"], "start has no option --prot", "did you mean --port?"],
    [["start", "--port"], "--port needs a value: --port PORT", "see: portolan help start"],
    [["start", "--port", "70000"], '--port expects a port from 0 to 65535, found "70000"', "see: portolan help start"],
    [["channels", "purge", "dead", "x"], 'SEQUENCE expects a whole number of at least 0, found "x"', "see: portolan help"],
    [["check", "--json=yes"], '--json takes no value, found "yes"', "see: portolan help check"],
    [["check", "a", "b"], 'check does not know what to do with "b"', "see: portolan help check"],
    [["run"], "run needs FILE: A flow file", "see: portolan help run"],
    [["channels", "peek", "dead", "--limit", "none"], '--limit expects a whole number of at least 1, found "none"', "see: portolan help"],
    [["channels", "redrive", "dead"], "say which messages: either sequence numbers, or --all", "see: portolan help channels redrive"],
    [
      ["channels", "purge", "dead", "1", "--all"],
      "say which messages: either sequence numbers, or --all",
      "see: portolan help channels purge",
    ],
    [["test", "--report", "html=a"], '--report expects junit=FILE or json=FILE, found "html=a"', "see: portolan help test"],
    [["test", "--min-coverage", "all"], '--min-coverage expects a number from 0 to 100, found "all"', "see: portolan help test"],
    [["test", "--min-coverage", "101"], '--min-coverage expects a number from 0 to 100, found "101"', "see: portolan help test"],
    [["test", "--cases", ".", "--coverage"], "coverage is that of an app", "leave --cases out"],
    [["explain", "STORE_LOKED"], "Portolan has no error code STORE_LOKED", "did you mean PORTOLAN_STORE_LOCKED?"],
  ])("refuses %j with what is wrong and what to do", async (argv, message, help) => {
    const { code, stdout, stderr } = await command(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error[PORTOLAN_USAGE]: ${message}`);
    expect(stderr).toContain(`= help: ${help}`);
  });
});

describe("explain", () => {
  it("explains every code, and lists all", async () => {
    const { stdout: list } = await command(["explain"]);
    for (const [code, { title, explanation }] of Object.entries(ERROR_CODES)) {
      expect(list).toContain(code);
      const { stdout } = await command(["explain", code]);
      expect(stdout).toContain(title);
      expect(stdout).toContain(explanation);
    }
  });

  it("takes a code without its beginning and in any case", async () => {
    expect(await command(["explain", "store-locked"])).toEqual(await command(["explain", "PORTOLAN_STORE_LOCKED"]));
  });
});
