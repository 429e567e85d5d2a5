import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand, startReady, takePort } from "./command-process.test.support.ts";

const ECHO = "routes:\n  echo:\n    from: [{ rest: { post: /echo } }]\n    steps: []\n";
const STORING = "routes:\n  accept:\n    from: [{ rest: { post: /orders } }]\n    steps: [{ to: { channel: orders } }]\n";
const SLOW = `
routes:
  slow:
    from: [{ rest: { post: /slow } }]
    steps: [{ log: { message: '"in process"' } }, { delay: { for: 600 } }]
`;
const IN_PROCESS = /"message":"in process"/;

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

describe("portolan start", () => {
  it("serves the app's doors and health, logs JSON only, and ends with 0 on SIGTERM", async () => {
    await using app = await createAppDirectory({ "a.flow.yaml": ECHO });
    await using node = await startReady([], { directory: app.path });
    expect(await (await post(`${node.url}/echo`, { a: 1 })).json()).toEqual({ a: 1 });
    expect((await fetch(`${node.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${node.url}/health/ready`)).status).toBe(200);
    node.child.kill("SIGTERM");
    expect(await node.ended).toEqual({ code: 0, signal: null });
    const lines = node.stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(["ready", "stopping", "stopped"]);
    expect(node.stderr).toBe("");
  });

  it("reads its flow files again on SIGHUP without failing a request, and keeps the version before if they are broken", async () => {
    const says = (text: string) =>
      `routes:\n  hello:\n    from: [{ rest: { get: /hello } }]\n    steps: [{ delay: { for: 5 } }, { map: '"${text}"' }]\n`;
    await using app = await createAppDirectory({ "a.flow.yaml": says("1") });
    await using node = await startReady([], { directory: app.path });
    const seen: string[] = [];
    let isOver = false;
    const call = async () => {
      while (!isOver) {
        const response = await fetch(`${node.url}/hello`);
        seen.push(`${response.status} ${await response.text()}`);
      }
    };
    const callers = [call(), call(), call()];
    for (const version of ["2", "3"]) {
      const after = node.stdout.length;
      await app.write("a.flow.yaml", says(version));
      node.child.kill("SIGHUP");
      await node.shows(/"message":"reloaded"/, { after });
      expect(await (await fetch(`${node.url}/hello`)).json()).toBe(version);
    }
    const after = node.stdout.length;
    await app.write("a.flow.yaml", says("4").replace("map", "mop"));
    node.child.kill("SIGHUP");
    await node.shows(/"message":"not reloaded: the version before keeps running"[^\n]*unknown key/, { after });
    isOver = true;
    await Promise.all(callers);
    expect([...new Set(seen)]).toEqual(['200 "1"', '200 "2"', '200 "3"']);
    node.child.kill("SIGTERM");
    expect(await node.ended).toEqual({ code: 0, signal: null });
  });

  it("logs what the configuration's level asks for, and its own life at any level", async () => {
    const flow = ECHO.replace("steps: []", "steps: [{ log: { message: '\"seen\"' } }]");
    await using app = await createAppDirectory({ "a.flow.yaml": flow, "portolan.config.json": '{ "log": "error" }' });
    await using node = await startReady([], { directory: app.path });
    expect((await post(`${node.url}/echo`, 1)).status).toBe(200);
    node.child.kill("SIGTERM");
    await node.ended;
    expect(node.stdout).toContain('"message":"stopped"');
    expect(node.stdout).not.toContain("seen");
  });

  it("finishes the request in process when it is stopped", async () => {
    await using app = await createAppDirectory({ "a.flow.yaml": SLOW });
    await using node = await startReady([], { directory: app.path });
    const reply = post(`${node.url}/slow`, { a: 1 });
    await node.shows(IN_PROCESS);
    node.child.kill("SIGTERM");
    expect(await (await reply).json()).toEqual({ a: 1 });
    expect(await node.ended).toEqual({ code: 0, signal: null });
  });

  it("ends with 6 when a message is still in process at the deadline", async () => {
    await using app = await createAppDirectory({
      "a.flow.yaml": SLOW.replace("600", "60000"),
      "portolan.config.json": '{ "drain": "100ms" }',
    });
    await using node = await startReady([], { directory: app.path });
    const reply = post(`${node.url}/slow`, {}).then(({ status }) => status);
    await node.shows(IN_PROCESS);
    node.child.kill("SIGINT");
    expect(await reply).toBe(503);
    expect(await node.ended).toEqual({ code: 6, signal: null });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends at once on a second %s", async (signal, code) => {
    await using app = await createAppDirectory({ "a.flow.yaml": SLOW.replace("600", "60000") });
    await using node = await startReady([], { directory: app.path });
    const reply = post(`${node.url}/slow`, {}).catch(() => undefined);
    await node.shows(IN_PROCESS);
    node.child.kill(signal);
    await node.shows(/"message":"stopping"/);
    node.child.kill(signal);
    expect(await node.ended).toEqual({ code, signal: null });
    await reply;
  });

  it("processes every message that it acknowledged before it was killed, in its next life", async () => {
    await using app = await createAppDirectory({
      "app.ts": `
        import { appendFileSync } from "node:fs";
        import { app, channel, route } from "portolan";
        import { rest } from "portolan/rest";
        const accepted = channel("accepted");
        const accept = route("accept").from(rest.post<{ id: number }>("/orders")).to(accepted);
        const deliver = route("deliver").from(accepted).delay(1).map((m) => (appendFileSync("delivered", m.body.id + "\\n"), m.body));
        export default app("shop", { routes: [accept, deliver] });`,
    });
    const acknowledged: number[] = [];
    for (let life = 0; life < 3; life++) {
      await using node = await startReady([], { directory: app.path });
      const sender = (async () => {
        for (let id = life * 1000; ; id++) {
          const reply = await post(`${node.url}/orders`, { id }).catch(() => undefined);
          if (reply === undefined) return;
          if (reply.ok) acknowledged.push(id);
          if (id === life * 1000 + 40) node.child.kill("SIGKILL");
        }
      })();
      expect((await node.ended).signal).toBe("SIGKILL");
      await sender;
    }
    await using node = await startReady([], { directory: app.path });
    const emptied = async (): Promise<void> => {
      const { stdout } = await runCommand(["channels", "ls", "--json"], { directory: app.path });
      const channels: readonly { name: string; waiting: number }[] = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      if (channels.some(({ waiting }) => waiting > 0)) await emptied();
    };
    await emptied();
    node.child.kill("SIGTERM");
    await node.ended;
    const delivered = new Set((await readFile(join(app.path, "delivered"), "utf8")).trim().split("\n").map(Number));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([]);
  });

  it("logs a rejection that nobody waits for and goes on; after a stray exception it stops with 70", async () => {
    await using app = await createAppDirectory({
      "app.ts": `
        import { app, route } from "portolan";
        import { rest } from "portolan/rest";
        const reject = route("reject").from(rest.post("/reject")).map((m) => (void Promise.reject(new Error("floating")), m.body));
        const explode = route("explode").from(rest.post("/explode")).map((m) => (setTimeout(() => { throw new Error("stray"); }), m.body));
        export default app("shop", { routes: [reject, explode] });`,
    });
    await using node = await startReady([], { directory: app.path });
    expect((await post(`${node.url}/reject`, 1)).status).toBe(200);
    await node.shows(/"level":"error".*"message":"floating"/);
    expect((await fetch(`${node.url}/health/ready`)).status).toBe(200);
    expect((await post(`${node.url}/explode`, 1)).status).toBe(200);
    expect(await node.ended).toEqual({ code: 70, signal: null });
    expect(node.stdout).toMatch(/"level":"error".*"message":"stray"/);
    expect(node.stdout).toMatch(/"message":"stopped","reason":"exception"/);
  });

  it("is not ready while its store cannot write, takes no message then, and is ready again by itself", async ({ skip }) => {
    await using app = await createAppDirectory({ "a.flow.yaml": STORING, "disk/.keep": "" });
    const disk = join(app.path, "disk");
    const mount = (...argv: string[]) => execFileSync("mount", [...argv, disk], { stdio: "pipe" });
    try {
      mount("-t", "tmpfs", "-o", "size=3m", "tmpfs");
    } catch {
      return skip("a small disk cannot be mounted here");
    }
    try {
      await using node = await startReady(["--store", join(disk, "store")], { directory: app.path });
      const body = { text: "x".repeat(30_000) };
      let reply = await post(`${node.url}/orders`, body);
      while (reply.status === 200) reply = await post(`${node.url}/orders`, body);
      expect(reply.status).toBe(503);
      expect(await reply.json()).toMatchObject({ code: "PORTOLAN_STORE_FAILED" });
      const ready = await fetch(`${node.url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([503, { status: "notReady", reasons: ["the store cannot write"] }]);
      expect((await fetch(`${node.url}/health/live`)).status).toBe(200);
      mount("-o", "remount,size=60m");
      await node.shows(/"message":"the store can write again"/);
      expect((await fetch(`${node.url}/health/ready`)).status).toBe(200);
      expect((await post(`${node.url}/orders`, body)).status).toBe(200);
    } finally {
      execFileSync("umount", ["--lazy", disk]);
    }
  });

  it("drains and stops when nobody reads its log any more", async () => {
    await using app = await createAppDirectory({
      "a.flow.yaml": `${ECHO.replace("steps: []", "steps: [{ log: { message: '\"seen\"' } }]")}`,
    });
    await using node = await startReady([], { directory: app.path });
    node.child.stdout?.destroy();
    await post(`${node.url}/echo`, 1);
    await post(`${node.url}/echo`, 1).catch(() => undefined);
    expect(await node.ended).toEqual({ code: 0, signal: null });
  });
});

describe("portolan start refuses", () => {
  it("a port that is taken", async () => {
    await using app = await createAppDirectory({ "a.flow.yaml": ECHO });
    await using taken = await takePort();
    const { code, stderr } = await runCommand(["start", "--port", String(taken.port)], { directory: app.path });
    expect(code).toBe(5);
    expect(stderr).toContain(`error[PORTOLAN_PORT_IN_USE]: port ${taken.port} of 127.0.0.1 is taken by another process\n`);
    expect(stderr).toContain("= help: Stop that process, or configure another port");
  });

  it("an app whose variable is not set, and names it", async () => {
    const flow = ECHO.replace("steps: []", "steps: [{ call: { rest: { get: '${ERP_URL}/orders' } } }]");
    await using app = await createAppDirectory({ "a.flow.yaml": flow });
    const { code, stdout, stderr } = await runCommand(["start", "--port", "0"], { directory: app.path });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain("the variable ERP_URL is not set\n  --> a.flow.yaml:4:");
    // Not also what its absence makes of the URL.
    expect(stderr.match(/^error/gm)).toHaveLength(1);
    await using node = await startReady([], { directory: app.path, environment: { ERP_URL: "http://127.0.0.1:9" } });
    expect((await post(`${node.url}/echo`, 1)).status).toBe(503);
  });

  it("malformed YAML, at its place", async () => {
    await using app = await createAppDirectory({ "flows/a.flow.yaml": "routes:\n  echo:\n    steps: [\n  other: {}\n" });
    const { code, stderr } = await runCommand(["start"], { directory: app.path });
    expect(code).toBe(3);
    expect(stderr).toMatchInlineSnapshot(`
      "error[PORTOLAN_CONFIG_INVALID]: the YAML is malformed: Flow sequence in block collection must be sufficiently indented and end with a ]
        --> flows/a.flow.yaml:4:3
        |
      4 |   other: {}
        |   ^^^^^
        = expected: YAML

      For more about PORTOLAN_CONFIG_INVALID: portolan explain PORTOLAN_CONFIG_INVALID
      "
    `);
  });

  it("unknown keys, each with the nearest name", async () => {
    await using app = await createAppDirectory({
      "a.flow.yaml": "routes:\n  echo:\n    form: [{ rest: { post: /x } }]\n    steps:\n      - mop: body\n",
    });
    const { code, stderr } = await runCommand(["start"], { directory: app.path });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      new RegExp(
        [
          'error\\[PORTOLAN_CONFIG_INVALID\\]: unknown key "form"',
          "  --> a.flow.yaml:3:5",
          "  \\|",
          "3 \\|     form: .*",
          "  \\|     \\^\\^\\^\\^",
          "  = path: routes.echo.form",
          "  = expected: one of from, .*",
          "  = found: form",
          '  = help: did you mean "from"\\?',
          "",
          'error\\[PORTOLAN_CONFIG_INVALID\\]: unknown key "mop"',
          "  --> a.flow.yaml:5:9",
          "[^]*",
          '  = help: did you mean "map"\\?',
          "",
          "2 errors. For more",
        ].join("\n"),
      ),
    );
  });

  it("a damaged store, and leaves it as it is", async () => {
    await using app = await createAppDirectory({ "a.flow.yaml": ECHO });
    // An orderly stop leaves everything in the one file.
    const first = await startReady([], { directory: app.path });
    first.child.kill("SIGTERM");
    await first.ended;
    const file = join(app.path, ".portolan", "store.db");
    await writeFile(file, "this is no database, and it is long enough to be sure of that");
    const { code, stdout, stderr } = await runCommand(["start", "--port", "0"], { directory: app.path });
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain("error[PORTOLAN_STORE_CORRUPT]");
    expect(await readFile(file, "utf8")).toContain("this is no database");
  });

  it("a store that another node runs on, and takes it over once that one was killed", async () => {
    await using app = await createAppDirectory({ "a.flow.yaml": ECHO });
    const first = await startReady([], { directory: app.path });
    const { code, stderr } = await runCommand(["start", "--port", "0"], { directory: app.path });
    expect(code).toBe(4);
    expect(stderr).toContain("error[PORTOLAN_STORE_LOCKED]");
    expect(stderr).toContain(String(first.child.pid));
    await first[Symbol.asyncDispose]();
    await using second = await startReady([], { directory: app.path });
    expect((await post(`${second.url}/echo`, 1)).status).toBe(200);
  });

  it("a target or a source that cannot be opened, with its route and step", async () => {
    const write = ECHO.replace("steps: []", "steps: [{ to: { file: { directory: a.flow.yaml, file: '{id}.json' } } }]");
    await using app = await createAppDirectory({ "a.flow.yaml": write });
    expect((await runCommand(["start", "--port", "0"], { directory: app.path })).stderr).toContain("= at: route echo, step 0\n");
    await app.write("a.flow.yaml", "routes: { load: { from: [{ file: { directory: gone } }] } }");
    expect((await runCommand(["start", "--port", "0"], { directory: app.path })).stderr).toContain("= at: route load\n");
  });

  it("a directory that is none", async () => {
    await using app = await createAppDirectory({});
    const { code, stderr } = await runCommand(["start", "gone"], { directory: app.path });
    expect(code).toBe(3);
    expect(stderr).toContain("gone is no directory");
    expect((await runCommand(["start"], { directory: app.path })).stderr).toContain("no app in ");
  });
});
