import { PortolanError } from "@portolan/core";

/** Why a commit cannot make messages of what was staged. */
export function noStageError(stage: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFLICT", `nothing is staged as ${stage}`, {
    hint: "It was dropped, or the store has been opened since: the unit of work has to begin anew.",
  });
}
