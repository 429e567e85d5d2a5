import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { createFormats } from "@portolan/formats";
import { csvDocument, edifactDocument, x12Document, xmlDocument } from "./formats/documents.ts";
import { createPeers } from "./formats/peers.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { costOver, row, speedOver, type Row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { writeRecordFile } from "./stream/record-file.ts";
import { workFolder } from "./work-folder.ts";

const ROUNDS = 7;
const MEGABYTE = 1e6;

const formats = createFormats();
const peers = createPeers();

/** CPU milliseconds a megabyte, with what the garbage collector's threads take. */
function contestant(name: string, text: string, read: (text: string, bytes: Uint8Array) => unknown): Contestant {
  const bytes = Buffer.from(text);
  return {
    name,
    round() {
      const before = process.cpuUsage();
      read(text, bytes);
      const { user, system } = process.cpuUsage(before);
      return ((user + system) / 1000 / bytes.length) * MEGABYTE;
    },
  };
}

function ours(name: string, text: string): Contestant {
  const format = formats.format(name);
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return contestant(name, text, (_text, bytes) => format.decode(bytes));
}

interface Result {
  readonly records: number;
  readonly megabytes: number;
  readonly seconds: number;
}

const script = path.join(import.meta.dirname, "formats/convert-file.ts");
const run = promisify(execFile);

/** A process of its own: its peak is that of a whole life. */
async function converted(directory: string, bytes: number): Promise<Result> {
  const file = path.join(directory, "records.csv");
  const written = await writeRecordFile(file, "csv", bytes);
  const { stdout } = await run(process.execPath, [
    "--max-semi-space-size=8",
    "--conditions=portolan-source",
    script,
    file,
    path.join(directory, "records.ndjson"),
  ]);
  // The script writes what `Result` says.
  const result = JSON.parse(stdout) as Result;
  if (result.records !== written) throw new Error(`of ${written} records ${result.records} were converted`);
  return result;
}

const [csv, xml, x12, edifact] = [csvDocument(), xmlDocument(), x12Document(), edifactDocument()];
const samples = new Map(
  await interleave(
    [
      ours("csv", csv),
      contestant("csv-parse", csv, peers.csvParse),
      ours("xml", xml),
      contestant("fast-xml-parser", xml, peers.fastXmlParser),
      contestant("saxes", xml, peers.saxes),
      ours("edi-x12", x12),
      contestant("node-x12", x12, peers.nodeX12),
      ours("edifact", edifact),
      contestant("edifact of npm", edifact, peers.edifact),
    ],
    ROUNDS,
  ),
);
reportSamples(samples, "ms of CPU a MB");

const rows: Row[] = [
  row("csv ÷ csv-parse", speedOver(samples, "csv", "csv-parse"), { atLeast: 1 }),
  row("xml ÷ fast-xml-parser", speedOver(samples, "xml", "fast-xml-parser"), { atLeast: 1 }),
  row("xml ÷ saxes alone", speedOver(samples, "xml", "saxes")),
  row("edi-x12 ÷ node-x12", speedOver(samples, "edi-x12", "node-x12")),
  row("edifact ÷ edifact of npm", speedOver(samples, "edifact", "edifact of npm")),
];

const folder = workFolder();
try {
  const small = await converted(folder.path, 10e6);
  const large = await converted(folder.path, 1e9);
  const memory = new Map([
    ["10 MB", [small.megabytes]],
    ["1 GB", [large.megabytes]],
  ]);
  reportSamples(memory, "MB at the peak, CSV by JSONata to NDJSON");
  process.stdout.write(`1 GB took ${large.seconds.toFixed(0)} s of CPU\n\n`);
  rows.push(row("peak memory, 1 GB of CSV by JSONata to NDJSON ÷ 10 MB", costOver(memory, "1 GB", "10 MB"), { atMost: 1.2 }));
} finally {
  folder.remove();
}
report("formats", rows);
