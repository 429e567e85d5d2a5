import type { App, FlowFile } from "@portolan/engine";
import type { BenchOptions, BenchParts } from "@portolan/testkit";

/** An app to be tested: what `app(...)` made, flow files as text, or the path of the app's directory. */
export type AppInTest = App | FlowsInTest | string;

export interface FlowsInTest {
  readonly flows: readonly FlowFile[];
  /** Default `app`. */
  readonly name?: string;
}

export interface TestAppOptions extends BenchOptions {
  /** Where the paths of contracts begin. Default: the app's directory, or the working directory. */
  readonly directory?: string;
}

/** What a test bench of the app is made of. Everything is loaded here, so that nobody else has to pay for it. */
export async function loadBenchParts(app: AppInTest, options: TestAppOptions): Promise<BenchParts> {
  const { createCaseHarness } = await import("./case-harness.ts");
  if (typeof app === "string") {
    const { loadTestedApp } = await import("./tested-app.ts");
    const { input, directory } = await loadTestedApp(app, options.environment ?? {});
    return { input, harness: createCaseHarness(options.directory ?? directory) };
  }
  const harness = createCaseHarness(options.directory ?? process.cwd());
  return "flows" in app
    ? { input: { name: app.name ?? "app", flows: app.flows }, harness }
    : { input: { name: app.name, flows: [], trees: [app.flow] }, harness };
}
