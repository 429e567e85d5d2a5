import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { startCommand } from "./command-process.test.support.ts";

const CODE = (text: string) => `import { app, route } from "portolan";
import { rest } from "portolan/rest";
import { text } from "./words.ts";
export default app("shop", { routes: [route("hello").from(rest.get("/hello")).map(() => text + "${text}")] });
`;
const CASE = (text: string) => `send: [{ route: hello, mode: request }]\nexpect: { sends: { 0: { reply: { body: "${text}" } } } }\n`;

it("runs cases again when the app's code, what it imports, or a case changes, and goes on after an error", async () => {
  await using app = await createAppDirectory({
    "app.ts": CODE("one"),
    "words.ts": 'export const text = "";\n',
    "cases/hello.case.yaml": CASE("one"),
  });
  await using watch = startCommand(["test", "--watch"], { directory: app.path });
  const nextRun = async (change?: () => Promise<void>) => {
    const seen = { out: watch.stdout.length, err: watch.stderr.length };
    await change?.();
    await watch.shows(/watching . for changes/, { after: seen.out });
    return { out: watch.stdout.slice(seen.out), err: watch.stderr.slice(seen.err) };
  };
  expect((await nextRun()).out).toMatch(/^ok hello\n1 passed, 0 failed, 0 skipped\n/);
  const changed = await nextRun(() => app.write("app.ts", CODE("two")));
  expect(changed.out).toMatch(/app\.ts changed\n/);
  expect(changed.out).toMatch(/FAIL hello: sends\.0: expected reply "one", got "two"\n[^]*- "one"\n[^]*\+ "two"\n/);
  expect((await nextRun(() => app.write("cases/hello.case.yaml", CASE("two")))).out).toMatch(
    /cases\/hello\.case\.yaml changed\n[^]*ok hello\n/,
  );
  expect((await nextRun(() => app.write("words.ts", 'export const text = "twenty-";\n'))).out).toContain('got "twenty-two"');
  expect((await nextRun(() => app.write("words.ts", "export const text = ;\n"))).err).toContain("error[PORTOLAN_CONFIG_INVALID]");
  expect((await nextRun(() => app.write("words.ts", 'export const text = "";\n'))).out).toContain("ok hello");
  watch.child.kill("SIGINT");
  expect(await watch.ended).toEqual({ code: 0, signal: null });
});
