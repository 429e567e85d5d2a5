#!/usr/bin/env -S node --conditions=portolan-source --disable-warning=MODULE_TYPELESS_PACKAGE_JSON
// Plain JavaScript that old versions of Node understand: it finds a new one.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { constants } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST = 24;
const OWN_NODE = "PORTOLAN_NODE_TRIED";

if (Number(process.versions.node.split(".")[0]) >= LEAST) {
  keepCompiledCode();
  const { runProcess } = (await commands()) ?? {};
  await runProcess?.();
} else {
  await runOnOwnNode();
}

/**
 * The second start takes a third of the time and two thirds of the memory of the first. The cache is not where Node would put it,
 * the machine's folder for temporary files, since whoever can write there could choose the code that runs here.
 */
function keepCompiledCode() {
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../../node_modules/.cache/portolan", import.meta.url));
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** The commands; undefined, and said on stderr, in a clone that nobody has built. */
async function commands() {
  try {
    return await import("@portolan/cli");
  } catch (error) {
    const isUnbuilt = error.code === "ERR_MODULE_NOT_FOUND" && existsSync(new URL("../../cli/src", import.meta.url));
    if (!isUnbuilt) throw error;
    const self = relative(process.cwd(), fileURLToPath(import.meta.url));
    process.stderr.write(
      `this clone of portolan is not built: npm run build, or run its sources:\n  node --conditions=portolan-source ${self}\n`,
    );
    process.exitCode = 3;
    return undefined;
  }
}

/** npm brings a Node of its own into the workspace; see the optional dependencies of the root. */
async function runOnOwnNode() {
  const node = fileURLToPath(new URL("../../../node_modules/.bin/node", import.meta.url));
  if (!existsSync(node) || process.env[OWN_NODE] !== undefined) {
    process.stderr.write(`portolan needs Node ${LEAST} or newer, and this is ${process.version}.\n`);
    process.exitCode = 3;
    return;
  }
  const { spawn } = await import("node:child_process");
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, [OWN_NODE]: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
