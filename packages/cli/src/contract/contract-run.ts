import { PortolanError, printable } from "@portolan/core";
import { testContract, createSender, curlOf, type Counterexample, type OperationReport } from "@portolan/testkit/contract";
import type { Io } from "../command.ts";
import type { ExitName } from "../exit-codes.ts";
import { contractOperations } from "./contract-operations.ts";
import type { ContractOrder } from "./contract-order.ts";
import { openTestedApi, type TestedApi } from "./tested-api.ts";

/** An API that takes longer than this for one answer has failed. */
const TIMEOUT_MS = 10_000;

/** Tests an API by its contract, and prints a line for each operation and a command for whatever went wrong. */
export async function runContractTests(order: ContractOrder, io: Io): Promise<ExitName> {
  await using tested = await openTestedApi(order);
  if (tested.api.operations.length + tested.others.length === 0)
    throw new PortolanError("PORTOLAN_USAGE", `${tested.name} has nothing to test: no operation of REST or SOAP, and no field of GraphQL`);
  const counts = { ok: 0, failed: 0, skipped: 0 };
  const operations = contractOperations(tested.api).flatMap((one) => {
    if (!("unusable" in one)) return [one];
    counts.skipped += 1;
    io.stdout.write(`skip ${one.operation.method} ${one.operation.path}: ${one.unusable}\n`);
    return [];
  });
  await testContract({
    operations: [...operations, ...tested.others],
    send: createSender({ url: tested.url, headers: order.headers, timeoutMs: TIMEOUT_MS }),
    seed: order.seed,
    runs: order.runs,
    onReport(report) {
      counts[report.counterexamples.length > 0 ? "failed" : report.skipped === undefined ? "ok" : "skipped"] += 1;
      io.stdout.write(reportText(report, tested, order));
    },
  });
  io.stdout.write(`${counts.ok} ok, ${counts.failed} failed, ${counts.skipped} skipped (seed ${order.seed})\n`);
  return counts.failed === 0 ? "ok" : "failures";
}

function reportText(report: OperationReport, tested: TestedApi, order: ContractOrder): string {
  const { operation, skipped, counterexamples, valid, invalid } = report;
  const name = operation.title ?? `${operation.method} ${operation.path}`;
  if (counterexamples.length > 0) return counterexamples.map((one) => failureText(name, one, { tested, order })).join("");
  if (skipped !== undefined) return `skip ${name}: ${skipped}\n`;
  return `ok ${name}: ${countText(valid, "valid")}, ${countText(invalid, "invalid")}\n`;
}

/** Such as `50 valid (48 × 201, 2 × 409)`. */
function countText(counts: ReadonlyMap<number, number>, what: string): string {
  const sum = [...counts.values()].reduce((total, count) => total + count, 0);
  const each = [...counts].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  return `${sum} ${what}${sum === 0 ? "" : ` (${each.join(", ")})`}`;
}

function failureText(
  name: string,
  { fault, change, alike, request, answer }: Counterexample,
  { tested, order }: { readonly tested: TestedApi; readonly order: ContractOrder },
): string {
  const why = change === undefined ? "" : ` although ${change}`;
  const more =
    alike.length === 0 ? [] : [`the same when ${alike.slice(0, 3).join("; ")}${alike.length > 3 ? `; and ${alike.length - 3} more` : ""}`];
  const body =
    answer === undefined
      ? []
      : [`answer: ${answer.sent ?? answer.status} ${answer.body.length > 300 ? `${answer.body.slice(0, 300)}…` : answer.body}`.trimEnd()];
  const lines = [curlOf(request, tested.shownUrl, order.headers), ...body, ...more];
  return `FAIL ${name}: ${fault.words}${why}\n${lines.map((line) => `     ${printable(line).replaceAll("\n", " ")}\n`).join("")}`;
}
