import type { PortolanError } from "@portolan/core";

/** What a connection needs to know of an exchange. */
export interface OpenExchange {
  readonly deadline: number;
  expire(): void;
  giveUp(reason: PortolanError): void;
}

/**
 * The open exchanges of one connection. Nearly always one; callers that send ahead have more. Measured: sets and a timer
 * for each request cost more than finding its door, so the one has a field, and time limits are looked at by a sweep.
 */
export class Connection<One extends OpenExchange> {
  /** Exchanges that it has had so far. */
  total = 0;
  #first: One | undefined;
  #later: Set<One> | undefined;

  add(exchange: One): void {
    this.total += 1;
    if (this.#first === undefined && (this.#later === undefined || this.#later.size === 0)) this.#first = exchange;
    else (this.#later ??= new Set()).add(exchange);
  }

  delete(exchange: One): void {
    if (this.#first === exchange) this.#first = undefined;
    else this.#later?.delete(exchange);
  }

  /** The oldest first. */
  exchanges(): One[] {
    return [...(this.#first === undefined ? [] : [this.#first]), ...(this.#later ?? [])];
  }

  expire(now: number): void {
    if (this.#first === undefined && this.#later === undefined) return;
    for (const exchange of this.exchanges()) if (exchange.deadline <= now) exchange.expire();
  }

  giveUp(reason: PortolanError): void {
    for (const exchange of this.exchanges()) exchange.giveUp(reason);
  }
}
