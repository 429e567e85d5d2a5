import { createReadStream, createWriteStream } from "node:fs";
import { once } from "node:events";
import { createFormats } from "@portolan/formats";
import { jsonata } from "@portolan/mapping";
import { peakMegabytes } from "../peak-memory.ts";

/** `node convert-file.ts IN.csv OUT.ndjson` maps each record by JSONata, and writes the records, the greatest memory and the CPU as JSON. */
const [source = "", target = ""] = process.argv.slice(2);
const BLOCK = 64 * 1024;

const expression = jsonata('{ "id": $number(id), "customer": { "name": $uppercase(name) }, "total": $number(total) * 1.19, "note": note }');
const formats = createFormats();
const csv = formats.format("csv");
const ndjson = formats.format("ndjson");
if (csv?.decodeStream === undefined || ndjson?.encodeRecord === undefined) throw new Error("csv and ndjson are sequences of records");

const out = createWriteStream(target);
let records = 0;
let waiting: Uint8Array[] = [];
let size = 0;
for await (const record of csv.decodeStream(createReadStream(source))) {
  const bytes = ndjson.encodeRecord(expression.evaluate(record), records === 0);
  records += 1;
  waiting.push(bytes);
  size += bytes.length;
  if (size < BLOCK) continue;
  if (!out.write(Buffer.concat(waiting))) await once(out, "drain");
  waiting = [];
  size = 0;
}
out.end(Buffer.concat(waiting));
await once(out, "close");
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ records, megabytes: peakMegabytes(), seconds: (user + system) / 1e6 })}\n`);
