import { PortolanError } from "@portolan/core";

/** Why a delivery cannot be settled in its turn. */
export function outOfTurnError(sequence: number): PortolanError {
  return new PortolanError("PORTOLAN_CONFLICT", `message ${sequence} cannot end before one that was taken earlier and has not ended`, {
    hint: "It is delivered again after that one.",
  });
}
