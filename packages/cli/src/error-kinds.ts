import type { ErrorKind } from "@portolan/core";

/** What a kind of error means, for people. */
export const KIND_WORDS: Readonly<Record<ErrorKind, string>> = {
  transient: "The same may work later, so it is retried where the route says so. An HTTP door answers 503.",
  invalid: "The message breaks a contract, so it is not retried. An HTTP door answers 400.",
  rejected: "It was understood and refused, so it is not retried. An HTTP door answers 422.",
  defect: "Something has to be mended, in code or configuration. It is not retried. An HTTP door answers 500.",
};
