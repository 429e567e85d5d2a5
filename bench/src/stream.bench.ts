import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { costOver, row, type Row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { writeRecordFile, type RecordFormat } from "./stream/record-file.ts";
import { workFolder } from "./work-folder.ts";

const FORMATS: readonly RecordFormat[] = ["ndjson", "csv"];
const SIZES = { "10 MB": 10e6, "1 GB": 1e9 };

interface Result {
  readonly records: number;
  readonly megabytes: number;
}

const script = path.join(import.meta.dirname, "stream/stream-node.ts");
const run = promisify(execFile);
const folder = workFolder();

/** A file of its own, which the node deletes, and a node of its own: the peak is that of a whole life. */
async function peakOf(format: RecordFormat, bytes: number): Promise<number> {
  const directory = path.join(folder.path, format);
  mkdirSync(directory, { recursive: true });
  const written = await writeRecordFile(path.join(directory, `records.${format}`), format, bytes);
  const { stdout } = await run(process.execPath, ["--conditions=portolan-source", script, directory]);
  // The node writes what `Result` says.
  const { records, megabytes } = JSON.parse(stdout) as Result;
  if (records !== written) throw new Error(`of ${written} ${format} records ${records} were read`);
  return megabytes;
}

try {
  const samples = new Map<string, number[]>();
  const rows: Row[] = [];
  for (const format of FORMATS) {
    const nameOf = (size: string) => `${size} ${format}`;
    // One life each: a peak differs by a few percent from one to the next, and 1 GB takes a minute.
    for (const [size, bytes] of Object.entries(SIZES)) samples.set(nameOf(size), [await peakOf(format, bytes)]);
    const ratio = costOver(samples, nameOf("1 GB"), nameOf("10 MB"));
    rows.push(row(`peak memory, split of 1 GB ÷ of 10 MB, ${format}`, ratio, { atMost: 1.2 }));
  }
  reportSamples(samples, "MB at the peak");
  report("stream", rows);
} finally {
  folder.remove();
}
