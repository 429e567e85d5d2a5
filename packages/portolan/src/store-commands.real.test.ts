import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand, startReady } from "./command-process.test.support.ts";

const FLOW = (fix: string) => `
routes:
  accept:
    from: [{ rest: { post: /orders } }]
    steps: [{ to: { channel: orders } }]
  deliver:
    from: [{ channel: orders }]
    onError: [{ outcome: deadLetter }]
    steps:
      - validate: { when: ${fix}, message: '"not deliverable"' }
      - to: { channel: delivered }
`;

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

it("finds a failure, shows it, and sends it back once it is mended, while nodes run and when none does", async () => {
  await using app = await createAppDirectory({ "a.flow.yaml": FLOW("body.total > 0") });
  const inApp = { directory: app.path };
  const command = async (...argv: string[]) => {
    const { code, stdout, stderr } = await runCommand(argv, inApp);
    expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: "" });
    return stdout;
  };
  const broken = await startReady([], inApp);
  for (const total of [1, 0, -1]) {
    const reply = await fetch(`${broken.url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ total }),
    });
    expect(reply.status).toBe(200);
  }
  await broken.shows(/dead letter[^]*dead letter/);

  const groups = jsonLines(await command("errors", "--json"));
  expect(groups).toMatchObject([{ code: "PORTOLAN_VALIDATION_FAILED", route: "deliver", step: "0", count: 2, message: "not deliverable" }]);
  const letters = jsonLines(await command("channels", "peek", "dead", "--json"));
  expect(letters.map(({ message }) => message)).toMatchObject([{ body: { total: 0 } }, { body: { total: -1 } }]);
  const id = String(groups[0]?.["example"]);
  expect(jsonLines(await command("messages", "show", id, "--json"))).toMatchObject([
    { id, entries: [{ outcome: "deadLettered" }], waiting: [{ channel: "dead" }] },
  ]);
  const story = await command("messages", "show", id);
  expect(story).toContain("not deliverable");
  expect(story).toContain("waits in channel dead");
  expect(await command("errors")).toContain("PORTOLAN_VALIDATION_FAILED");
  expect(await command("channels", "peek", "dead")).toContain("failed   PORTOLAN_VALIDATION_FAILED (invalid): not deliverable");
  expect(await command("channels")).toMatch(/dead +2 /);

  // No node runs: the first dead letter is sent back to wait, the second while the mended version runs.
  await broken[Symbol.asyncDispose]();
  const [first, second] = letters.map(({ sequence }) => String(sequence));
  expect(await command("channels", "redrive", "dead", String(first))).toBe("1 sent back from dead\n");
  await app.write("a.flow.yaml", FLOW("$exists(body.total)"));
  await using mended = await startReady([], inApp);
  expect(await command("channels", "redrive", "dead", String(second))).toBe("1 sent back from dead\n");
  const delivered = async (): Promise<Record<string, unknown>[]> => {
    const messages = jsonLines(await command("channels", "peek", "delivered", "--json"));
    return messages.length < 3 ? delivered() : messages;
  };
  expect((await delivered()).map(({ message }) => message)).toMatchObject([
    { body: { total: 1 } },
    { body: { total: 0 } },
    { body: { total: -1 } },
  ]);
  expect(await command("channels", "peek", "dead")).toBe("nothing waits in dead\n");
  expect(await command("channels", "purge", "delivered", "--all")).toBe("3 removed from delivered\n");
  mended.child.kill("SIGTERM");
  expect(await mended.ended).toEqual({ code: 0, signal: null });
});

it("refuses what does not exist", async () => {
  await using app = await createAppDirectory({ "a.flow.yaml": FLOW("true") });
  const inApp = { directory: app.path };
  expect(await runCommand(["channels"], inApp)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining("error[PORTOLAN_STORE_MISSING]"),
  });
  const node = await startReady([], inApp);
  await node[Symbol.asyncDispose]();
  expect(await runCommand(["channels", "peek", "ordrs"], inApp)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('did you mean "orders"?'),
  });
  expect(await runCommand(["messages", "show", "nobody"], inApp)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("the store knows no message nobody"),
  });
  expect(await runCommand(["channels", "redrive", "dead", "99"], inApp)).toMatchObject({ code: 1, stdout: "0 sent back from dead\n" });
});
