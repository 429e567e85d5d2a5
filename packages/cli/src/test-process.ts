import { asPortolanError } from "@portolan/core";
import { renderError } from "./error-view.ts";
import { EXIT_CODES, exitOf, type ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import type { FromTests, ToTests } from "./test-protocol.ts";
import { runTests } from "./test-run.ts";
import { version } from "./version.ts";

/**
 * One run of tests under watch, in a process of its own: an app's code is read once in a process. It is started before it is
 * needed, loads everything but the app, and waits for its order.
 */
async function runOrder(): Promise<ExitName> {
  const { order } = await new Promise<ToTests>((resolve) => process.once("message", resolve));
  const { stdin, stdout, stderr, env: environment } = process;
  const io = { stdin, stdout, stderr, environment, directory: process.cwd() };
  const onFiles = (files: readonly string[]) => send({ kind: "files", files });
  try {
    return await runTests(order, { io, onFiles });
  } catch (error) {
    const verbose = process.argv.includes("--verbose");
    stderr.write(renderError(error, { paint: paintFor(stderr), directory: io.directory, verbose, version }));
    const places = (asPortolanError(error).findings ?? []).flatMap(({ place }) => (place === undefined ? [] : [place.file]));
    onFiles(places);
    return exitOf(error);
  }
}

function send(message: FromTests): void {
  if (process.connected) process.send?.(message);
}

// A run never outlives its supervisor.
process.on("disconnect", () => process.exit());
const exit = await runOrder();
process.exit(EXIT_CODES[exit].code);
