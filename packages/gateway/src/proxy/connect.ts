import type { Duplex } from "node:stream";

/** Passes on whatever one side says to the other, until both have ended or one breaks. */
export function connect(caller: Duplex, target: Duplex, onClose: () => void): void {
  const end = () => {
    caller.destroy();
    target.destroy();
  };
  for (const [from, to] of [
    [caller, target],
    [target, caller],
  ] as const) {
    from.on("error", end).on("close", end).pipe(to);
  }
  target.on("close", onClose);
}
