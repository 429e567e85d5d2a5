import type { ContractCompiler } from "@portolan/core";
import type { VirtualClock } from "../clock/virtual-clock.ts";

/** The same contracts; time stands still while one checks a body later. */
export function trackedContracts(contracts: ContractCompiler, clock: VirtualClock): ContractCompiler {
  return {
    compile(contract) {
      const compiled = contracts.compile(contract);
      return {
        ...compiled,
        check(body) {
          const result = compiled.check(body);
          return result instanceof Promise ? clock.track(result) : result;
        },
      };
    },
  };
}
