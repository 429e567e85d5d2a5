import { EXIT_CODES } from "./exit-codes.ts";
import { main } from "./main.ts";

/** Runs the command line of this process, and ends it with the right exit code. */
export async function runProcess(): Promise<void> {
  const { stdin, stdout, stderr, env: environment } = process;
  // Whoever read the output has left, as `head` does: there is nobody to tell and nothing more to do.
  for (const stream of [stdout, stderr]) stream.on("error", onOutputError);
  const exit = await main(process.argv.slice(2), { stdin, stdout, stderr, environment, directory: process.cwd() });
  process.exitCode = EXIT_CODES[exit].code;
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
}
