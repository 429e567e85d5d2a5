import { existsSync, readFileSync } from "node:fs";

/** What `getrusage` says begins with the memory of the process that started this one, so Linux is asked for its own. */
export function peakMegabytes(): number {
  const status = "/proc/self/status";
  const own = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, "utf8"))?.[1] : undefined;
  return (own === undefined ? process.resourceUsage().maxRSS : Number(own)) / 1000;
}
