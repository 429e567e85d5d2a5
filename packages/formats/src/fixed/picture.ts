export interface Picture {
  readonly type: "text" | "number" | "zoned" | "packed" | "binary";
  readonly length: number;
  readonly decimals: number;
  readonly sign: "none" | "overpunch";
}

const PART = /^([XA9])(?:\((\d{1,4})\))?/;

/** What a COBOL picture with its usage says, or what was expected of it. Of those that edit, none is read. */
export function readPicture(picture: unknown, usage: unknown = "display"): Picture | string {
  const kind = typeof usage === "string" ? USAGES[usage.toLowerCase()] : undefined;
  if (kind === undefined) return `a usage that is one of ${Object.keys(USAGES).join(", ")}`;
  if (typeof picture !== "string") return PICTURES;
  const [, signed, whole = "", , fraction = ""] = /^(S?)([XA9()\d]+)(V([9()\d]*))?$/i.exec(picture.toUpperCase()) ?? [];
  const digits = countOf(whole);
  const decimals = fraction === "" ? { count: 0, isText: false } : countOf(fraction);
  if (digits === undefined || decimals === undefined) return PICTURES;
  if (digits.isText) {
    const isRight = signed === "" && fraction === "" && kind === "display";
    return isRight ? { type: "text", length: digits.count, decimals: 0, sign: "none" } : PICTURES;
  }
  const count = digits.count + decimals.count;
  const sign = signed === "" ? "none" : "overpunch";
  const shared = { decimals: decimals.count, sign } as const;
  if (kind === "packed") return { type: "packed", length: Math.floor(count / 2) + 1, ...shared };
  if (kind === "binary") return { type: "binary", length: count <= 4 ? 2 : count <= 9 ? 4 : 8, ...shared };
  return { type: sign === "none" ? "number" : "zoned", length: count, ...shared };
}

const PICTURES = "a picture such as X(10), 9(5) or S9(7)V99";
const USAGES: Readonly<Record<string, "display" | "packed" | "binary">> = {
  display: "display",
  "comp-3": "packed",
  "packed-decimal": "packed",
  comp: "binary",
  "comp-4": "binary",
  binary: "binary",
};

function countOf(text: string): { readonly count: number; readonly isText: boolean } | undefined {
  let count = 0;
  let isText = false;
  let rest = text;
  while (rest !== "") {
    const [part, letter, times = "1"] = PART.exec(rest) ?? [];
    if (part === undefined) return undefined;
    count += Number(times);
    isText ||= letter !== "9";
    rest = rest.slice(part.length);
  }
  return count === 0 ? undefined : { count, isText };
}
