import { readdirSync } from "node:fs";
import path from "node:path";

/** Runs one benchmark, NAME.bench.ts of this folder, or all of them with `all`; without a name it lists them. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(".bench.ts", ""))
  .toSorted();
const wanted = process.argv[2];

if (wanted === undefined || (wanted !== "all" && !names.includes(wanted))) {
  const problem = wanted === undefined ? "" : `no benchmark is named ${wanted}\n`;
  process.stderr.write(`${problem}usage: npm run bench -- NAME, where NAME is all or one of: ${names.join(", ") || "(none yet)"}\n`);
  process.exit(2);
}
for (const name of wanted === "all" ? names : [wanted]) {
  process.stdout.write(`\n== ${name}\n`);
  await import(path.join(import.meta.dirname, `${name}.bench.ts`));
}
