/** Attributes that the engine writes: flow-format section 3. */
export const reservedAttributes = [
  "matched",
  "error",
  "attempt",
  "split",
  "multicast",
  "recipient",
  "slip",
  "loop",
  "aggregate",
  "duplicate",
  "failedParts",
  "circuitBreaker",
  "saga",
  "found",
  "loadBalance",
  "reply",
  "deadLetter",
  "params",
] as const;

export function isReserved(name: string): boolean {
  return (reservedAttributes as readonly string[]).includes(name);
}
