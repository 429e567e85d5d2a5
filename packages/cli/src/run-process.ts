import { EXIT_CODES } from "./exit-codes.ts";
import { main } from "./main.ts";

/** Runs the command line of this process, and ends it with the right exit code. */
export async function runProcess(): Promise<void> {
  const { stdin, stdout, stderr, env: environment } = process;
  const onOutputError = outputErrors();
  for (const stream of [stdout, stderr]) stream.on("error", onOutputError);
  const exit = await main(process.argv.slice(2), { stdin, stdout, stderr, environment, directory: process.cwd() });
  process.exitCode = EXIT_CODES[exit].code;
  // Timers and sockets that the app's code left behind would keep the process; what was printed must leave first.
  await Promise.all([flushed(stdout), flushed(stderr)]);
  process.exit();
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/** Whoever read the output has left, as `head` does. A node drains, since its log is lost from now on; other commands end. */
function outputErrors(): (error: NodeJS.ErrnoException) => void {
  let hasEnded = false;
  return (error) => {
    if (error.code !== "EPIPE") throw error;
    // Each further line fails, too.
    if (hasEnded) return;
    hasEnded = true;
    if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
    else process.exit();
  };
}
