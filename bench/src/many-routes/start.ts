import { startEngine } from "../portolan-engine.ts";
import { manyRoutes } from "./app.ts";

/** Builds and starts so many routes, once: `node start.ts ROUTES`. Writes the CPU seconds that this took; loading the code is not in it. */
const routes = Number(process.argv[2]);
const before = process.cpuUsage();
const engine = await startEngine(manyRoutes(routes));
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1e6));
await engine.stop();
