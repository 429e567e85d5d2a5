/** A body that is 1 KB of JSON. */
export interface Payload {
  readonly number: number;
  readonly text: string;
}

const SIZE = 1024;

export function payload(number: number): Payload {
  const empty = { number, text: "" };
  return { number, text: "x".repeat(SIZE - JSON.stringify(empty).length) };
}
