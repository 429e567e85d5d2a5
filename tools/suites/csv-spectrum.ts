import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { createFormat, csvFormat } from "@portolan/formats";
import { outcomes, type Suite } from "./suite.ts";

const folder = path.dirname(fileURLToPath(import.meta.resolve("csv-spectrum")));

/** Where the JSON of the package does not belong to its CSV: one map instead of a list, with the phone number of another row. */
const CORRECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  location_coordinates: { "Contact Phone Number": "2095257564" },
};

export const csvSpectrumSuite: Suite = {
  name: "csv-spectrum",
  run() {
    const names = readdirSync(path.join(folder, "csvs")).map((file) => path.basename(file, ".csv"));
    const format = createFormat(csvFormat);
    return outcomes(
      names,
      (name) => name,
      (name) => {
        const given = JSON.parse(readFileSync(path.join(folder, "json", `${name}.json`), "utf8")) as Readonly<Record<string, unknown>>;
        const correction = CORRECTED[name];
        const expected = correction === undefined ? given : [{ ...given, ...correction }];
        const read = format.decode(readFileSync(path.join(folder, "csvs", `${name}.csv`)));
        if (!isDeepStrictEqual(read, expected)) return `expected ${JSON.stringify(expected)}, found ${JSON.stringify(read)}`;
        const again = format.decode(format.encode(read));
        return isDeepStrictEqual(again, read) ? undefined : `what was written reads as ${JSON.stringify(again)}`;
      },
    );
  },
};
