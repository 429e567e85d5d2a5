import { apply } from "../apply.ts";
import { JsonataError } from "../errors.ts";
import { checkLength, type Run } from "../frame.ts";
import { append, equal, type FunctionValue, isList, isText, marks, unwrap } from "../values.ts";
import { builtin } from "./builtin.ts";

type List = readonly unknown[] | undefined;

export const arrayFunctions: readonly FunctionValue[] = [
  builtin<[List]>(["count", "<a:n>"], ([list]) => list?.length ?? 0),
  builtin<[unknown, unknown]>(["append", "<xx:a>"], ([left, right], { frame }) => {
    const all = append(left, right);
    if (isList(all)) checkLength(frame.run, all.length);
    return all;
  }),
  builtin<[unknown]>(["exists", "<x:b>"], ([value]) => value !== undefined),
  builtin<[List]>(["reverse", "<a:a>"], ([list]) => list?.toReversed()),
  builtin<[List]>(["shuffle", "<a:a>"], ([list], { frame }) => {
    if (list === undefined) return undefined;
    const shuffled = [...list];
    for (let index = shuffled.length - 1; index > 0; index -= 1) {
      const other = Math.floor(frame.run.random() * (index + 1));
      [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
    }
    return shuffled;
  }),
  builtin<[unknown]>(["distinct", "<x:x>"], ([value], { frame }) =>
    isList(value) && value.length > 1 ? distinct(value, frame.run) : value,
  ),
  builtin<[List, FunctionValue | undefined]>(["sort", "<af?:a>"], ([list, compare], context) =>
    list === undefined || list.length <= 1
      ? list
      : mergeSort(list, compare === undefined ? natural(list) : (left, right) => Boolean(apply(compare, [left, right], context))),
  ),
  builtin<readonly List[]>(["zip", "<a+>"], (lists) => {
    const length = Math.min(...lists.map((list) => list?.length ?? 0));
    const rows = Array.from({ length }, (_, index) => lists.map((list) => list?.[index]));
    return rows;
  }),
];

function distinct(list: readonly unknown[], run: Run): unknown {
  const unique: unknown[] = [];
  const seen = new Set<unknown>();
  for (const item of list) {
    const isSimple = typeof item !== "object" || item === null;
    if (isSimple ? seen.has(item) : unique.some((other) => equal(other, item, run))) continue;
    if (isSimple) seen.add(item);
    unique.push(item);
  }
  if (unique.length === 1 && marks.kept.has(list)) marks.kept.add(unique);
  return run.sequences?.has(list) === true ? unwrap(unique) : unique;
}

function natural(list: readonly unknown[]): (left: unknown, right: unknown) => boolean {
  if (!list.every((item) => typeof item === "number") && !list.every((item) => isText(item)))
    throw new JsonataError("D3070", { value: list });
  // All are of one type, which can be compared.
  return (left, right) => (left as string) > (right as string);
}

/** A stable sort by a function that says whether two items have to change places. */
function mergeSort(list: readonly unknown[], isAfter: (left: unknown, right: unknown) => boolean): readonly unknown[] {
  if (list.length <= 1) return list;
  const middle = Math.floor(list.length / 2);
  const left = mergeSort(list.slice(0, middle), isAfter);
  const right = mergeSort(list.slice(middle), isAfter);
  const merged: unknown[] = [];
  let [at, other] = [0, 0];
  while (at < left.length && other < right.length) {
    if (isAfter(left[at], right[other])) merged.push(right[other++]);
    else merged.push(left[at++]);
  }
  return [...merged, ...left.slice(at), ...right.slice(other)];
}
