import { createWriteStream } from "node:fs";
import { once } from "node:events";

const BLOCK = 1000;
const note = "delivered to the back door, as the customer has asked for; the bill goes to the company";

/** The head of a file and its records, by the extension of its name. */
const RECORDS = {
  ndjson: { head: "", record: (id: number) => `${JSON.stringify({ id, name: `customer ${id}`, total: id / 4, note })}\n` },
  csv: { head: "id,name,total,note\n", record: (id: number) => `${id},customer ${id},${id / 4},"${note}"\n` },
};

export type RecordFormat = keyof typeof RECORDS;

/** Writes a file of at least so many bytes; returns the number of its records. */
export async function writeRecordFile(path: string, format: RecordFormat, minBytes: number): Promise<number> {
  const { head, record } = RECORDS[format];
  const stream = createWriteStream(path);
  stream.write(head);
  let records = 0;
  for (let bytes = head.length; bytes < minBytes;) {
    let block = "";
    for (let index = 0; index < BLOCK; index++) block += record(records++);
    bytes += block.length;
    if (!stream.write(block)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "close");
  return records;
}
