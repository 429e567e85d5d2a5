import { apiTypesSuite } from "./suites/api-types.ts";
import { csvSpectrumSuite } from "./suites/csv-spectrum.ts";
import { ediSuite } from "./suites/edi.ts";
import { httpCacheSuite } from "./suites/http-cache.ts";
import { jsonataSuite } from "./suites/jsonata.ts";
import { openApiSuite } from "./suites/openapi.ts";
import { openApiClientsSuite } from "./suites/openapi-clients.ts";
import { openApiMocksSuite } from "./suites/openapi-mocks.ts";
import { wsdlSuite } from "./suites/wsdl.ts";
import { xmlAttacksSuite } from "./suites/xml-attacks.ts";

/** `npm run suites`: what the formats and languages are held against, as a table. Fails if a case does. */
const SUITES = [
  jsonataSuite,
  csvSpectrumSuite,
  ediSuite,
  openApiSuite,
  openApiMocksSuite,
  openApiClientsSuite,
  apiTypesSuite,
  wsdlSuite,
  xmlAttacksSuite,
  httpCacheSuite,
];

let failed = 0;
for (const suite of SUITES) {
  const { cases, failures, remark, skipped } = await suite.run();
  const state = skipped !== undefined ? "skip" : failures.length === 0 ? "ok  " : "FAIL";
  const passed = `${cases - failures.length} of ${cases}`;
  console.log(
    `${state} ${suite.name.padEnd(30)} ${(skipped === undefined ? passed : "").padEnd(14)} ${skipped === undefined ? (remark ?? "") : `SKIPPED: ${skipped}`}`.trimEnd(),
  );
  for (const failure of failures) console.log(`     ${failure}`);
  failed += failures.length;
}
process.exitCode = failed === 0 ? 0 : 1;
