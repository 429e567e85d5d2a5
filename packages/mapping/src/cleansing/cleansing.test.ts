import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { jsonata } from "../compiled/jsonata.ts";
import { cleansingFunctions } from "./functions.ts";

const bindings = Object.fromEntries(cleansingFunctions.map(({ name, call }) => [name, call]));
const evaluate = (text: string): unknown => jsonata(text).evaluate({}, bindings);

test.each(cleansingFunctions.flatMap(({ examples }) => examples))("the reference shows what happens: %s", (text, value) => {
  expect(evaluate(text)).toEqual(value);
});

test.each([
  ["$decimal('1,234')", "read in two ways"],
  ["$decimal('1.2.3,4')", "groups of three"],
  ["$decimal('1,23,456.00')", "groups of three"],
  ["$decimal('12 Euro')", "no number in digits"],
  ["$decimal('-12-')", "no number in digits"],
  ["$decimal('12345678901234567890')", "as"],
  ["$date('31.02.2026')", "no such day"],
  ["$date('29.02.2100')", "no such day"],
  ["$date('01/02/2026')", "exchanged"],
  ["$date('3.4.26')", "century"],
  ["$date('2026-13-01')", "no month"],
  ["$date('soon')", "notations"],
  ["$date('1 Foo 2026')", "no month"],
  ["$phone('030123456')", "whose number"],
  ["$phone('+49 1')", "too short"],
  ["$phone('12', { 'country': 'XX' })", "no country"],
  ["$email('ann.example.com')", "no @"],
  ["$email('a..b@example.com')", "before the @"],
  ["$email('ann@localhost')", "no domain"],
  ["$email('ann@-x.com')", "no domain"],
  ["$iban('DE88 3704 0044 0532 0130 00')", "check digits"],
  ["$iban('DE89 3704 0044 0532 0130')", "wrong length"],
  ["$iban('XX89')", "country"],
  ["$bic('DEUT')", "BIC"],
  ["$country('Atlantis')", "neither a code nor a name"],
  ["$currency('$')", "sign of a single currency"],
  ["$email(true)", "no text"],
])("what cannot be cleaned is refused with its reason: %s", (text, reason) => {
  expect(() => evaluate(text)).toThrow(reason);
  expect(() => evaluate(text)).toThrow(expect.objectContaining({ name: "PortolanError", code: "PORTOLAN_VALUE_INVALID", kind: "invalid" }));
});

test.each(cleansingFunctions.filter(({ signature }) => signature !== "<a:s>"))("nothing stays nothing: $name", ({ name }) => {
  expect(evaluate(`$${name}(absent)`)).toBeUndefined();
});

test("values without letters and digits have no key", () => {
  expect(evaluate("$deduplicationKey([absent, '—'])")).toBeUndefined();
});

test.each([
  ["1234.5", 1234.5],
  ["1 234 567,8", 1_234_567.8],
  ["1'234.50", 1234.5],
  ["1.234.567", 1_234_567],
  ["0,125", 0.125],
  ["12-", -12],
  ["−3", -3],
  ["(1,234.5)", -1234.5],
  [",5", 0.5],
  ["007", 7],
  ["-0", 0],
])("a decimal is read in the notation %s", (text, value) => {
  expect(evaluate(`$decimal("${text}")`)).toBe(value);
});

test.each([
  ["2026-11-24T10:00:00+01:00", "2026-11-24"],
  ["20261124", "2026-11-24"],
  ["2026/1/2", "2026-01-02"],
  ["24/11/2026", "2026-11-24"],
  ["11-24-2026", "2026-11-24"],
  ["5/5/2026", "2026-05-05"],
  ["24-Nov-2026", "2026-11-24"],
  ["November 24th, 2026", "2026-11-24"],
  ["3 Sept. 2026", "2026-09-03"],
  ["29.02.2028", "2028-02-29"],
])("a date is read in the notation %s", (text, value) => {
  expect(evaluate(`$date("${text}")`)).toBe(value);
});

test("a language names months in its own way", () => {
  expect(evaluate(`$date("2 février 2026", { "language": "fr" })`)).toBe("2026-02-02");
  expect(evaluate(`$date("5 мая 2026", { "language": "ru" })`)).toBe("2026-05-05");
});

test("a domain of other letters is written in ASCII", () => {
  expect(evaluate("$email('info@Bücher.example')")).toBe("info@xn--bcher-kva.example");
});

test("an error is a PortolanError that says what stands for a bad value", () => {
  try {
    evaluate("$iban('nonsense')");
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(PortolanError);
    expect((error as PortolanError).hint).toContain('"otherwise": null');
  }
});
