import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { startCommand } from "./command-process.test.support.ts";

const FLOW = (text: string) => `
systems: { erp: { title: SAP ERP, owner: finance } }
channels: { orders: { orderedBy: body.id } }
routes:
  hello:
    from: [{ rest: { get: /hello } }]
    steps: [{ map: '"${text}"' }, { to: { channel: orders } }]
`;

it("shows what it found, reloads on a change, keeps the version before while a change is broken, and ends on SIGINT", async () => {
  const proxies = { old: { path: ["/old", "/old/*"], targets: ["http://127.0.0.1:1/base", "http://127.0.0.1:2"] } };
  await using app = await createAppDirectory({
    "flows/a.flow.yaml": FLOW("one"),
    "portolan.config.json": JSON.stringify({ http: { proxies } }),
  });
  await using dev = startCommand(["dev", "--port", "0"], { directory: app.path });
  const [, url = ""] = await dev.shows(/ is ready at (\S+)[^]*watching /);
  const reloaded = (after: number) => dev.shows(/ is reloaded\n[^]*watching /, { after });
  const hello = async () => (await fetch(`${url}/hello`)).json();

  expect(await hello()).toBe("one");
  expect(dev.stdout).toMatch(/doors\n +GET \/hello +hello +flows\/a\.flow\.yaml:\d+\n/);
  expect(dev.stdout).toMatch(/proxies\n +\/old, \/old\/\* +old +to http:\/\/127\.0\.0\.1:1\/base, http:\/\/127\.0\.0\.1:2\n/);
  expect(dev.stdout).toMatch(/systems\n +erp +SAP ERP +owner finance\n/);
  expect(dev.stdout).toMatch(/channels\n +orders +durable +ordered/);

  let seen = dev.stdout.length;
  await app.write("flows/a.flow.yaml", FLOW("two"));
  await reloaded(seen);
  expect(await hello()).toBe("two");

  seen = dev.stdout.length;
  await app.write("flows/a.flow.yaml", FLOW("three").replace("map", "mop"));
  await dev.shows(/the version before keeps running/, { after: seen });
  expect(dev.stderr).toContain('error[PORTOLAN_CONFIG_INVALID]: unknown key "mop"\n  --> flows/a.flow.yaml:7:15');
  expect(await hello()).toBe("two");

  seen = dev.stdout.length;
  await app.write("flows/a.flow.yaml", FLOW("four"));
  await reloaded(seen);
  expect(await hello()).toBe("four");

  // A file that the app writes is no change of the app.
  seen = dev.stdout.length;
  await app.write("out/data.json", "{}");
  await app.write("flows/b.flow.yaml", "routes: { other: { steps: [] } }");
  await reloaded(seen);
  expect(dev.stdout.slice(seen)).not.toContain("data.json");

  dev.child.kill("SIGINT");
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});

it("waits for the app to be mended when it was broken from the beginning", async () => {
  await using app = await createAppDirectory({ "a.flow.yaml": "routes: [" });
  await using dev = startCommand(["dev", "--port", "0"], { directory: app.path });
  await dev.shows(/waiting for a change/);
  await app.write("a.flow.yaml", "routes: { a: { steps: [] } }");
  await dev.shows(/ is ready at /);
  dev.child.kill("SIGTERM");
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});

it("reloads when a contract changes that the app names", async () => {
  await using app = await createAppDirectory({
    "a.flow.yaml": "routes:\n  a:\n    input: ./a.schema.json\n    from: [{ rest: { post: /a } }]\n    steps: []\n",
    "a.schema.json": '{ "type": "string" }',
  });
  await using dev = startCommand(["dev", "--port", "0"], { directory: app.path });
  const [, url = ""] = await dev.shows(/ is ready at (\S+)[^]*watching /);
  const seen = dev.stdout.length;
  await app.write("a.schema.json", '{ "type": "number" }');
  await dev.shows(/a\.schema\.json changed[^]* is reloaded/, { after: seen });
  expect((await fetch(`${url}/a`, { method: "POST", headers: { "content-type": "application/json" }, body: "1" })).status).toBe(200);
  dev.child.kill("SIGTERM");
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});

it("survives the app's own end and runs its next version", async () => {
  await using app = await createAppDirectory({
    "app.ts": `
      import { app, route } from "portolan";
      import { rest } from "portolan/rest";
      export default app("shop", { routes: [route("end").from(rest.get("/end")).map(() => process.exit(9))] });`,
  });
  await using dev = startCommand(["dev", "--port", "0"], { directory: app.path });
  const [, url = ""] = await dev.shows(/ is ready at (\S+)/);
  await dev.shows(/watching /);
  await fetch(`${url}/end`).catch(() => undefined);
  await dev.shows(/the app ended with exit code 9; waiting for a change/);
  const seen = dev.stdout.length;
  await app.write("app.ts", 'import { app, route } from "portolan";\nexport default app("shop", { routes: [route("a")] });\n');
  await dev.shows(/ is ready at /, { after: seen });
  dev.child.kill("SIGTERM");
  expect(await dev.ended).toEqual({ code: 0, signal: null });
});
