import { PortolanError, asPortolanError } from "@portolan/core";
import type { BodyTaker } from "./body.ts";
import type { Door, OnBody } from "./door.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** Has a door answer a request. Whatever it throws is answered, too. */
export function answer(exchange: HttpExchange, door: Door): void {
  try {
    const handled = door.handle(exchange);
    if (handled === undefined) answered(exchange, door);
    else if ("body" in handled) exchange.handBody(new BodyAnswer(exchange, door, handled));
    else answerLater(exchange, door, handled);
  } catch (thrown) {
    exchange.fail(asPortolanError(thrown));
  }
}

/** Waits for the body of a request in a door's stead. */
class BodyAnswer implements BodyTaker {
  readonly #exchange: HttpExchange;
  readonly #door: Door;
  readonly #on: OnBody;

  constructor(exchange: HttpExchange, door: Door, on: OnBody) {
    this.#exchange = exchange;
    this.#door = door;
    this.#on = on;
  }

  take(bytes: Buffer): void {
    try {
      const handled = this.#on.body(bytes);
      if (handled === undefined) answered(this.#exchange, this.#door);
      else answerLater(this.#exchange, this.#door, handled);
    } catch (thrown) {
      this.#exchange.fail(asPortolanError(thrown));
    }
  }

  lose(reason: PortolanError): void {
    this.#on.lost();
    if (!this.#exchange.stopped) this.#exchange.fail(reason);
  }
}

function answerLater(exchange: HttpExchange, door: Door, handled: Promise<void>): void {
  handled.then(
    () => answered(exchange, door),
    (thrown: unknown) => exchange.fail(asPortolanError(thrown)),
  );
}

/** The door is done with a request. */
function answered(exchange: HttpExchange, door: Door): void {
  if (!exchange.open) return;
  exchange.fail(new PortolanError("PORTOLAN_CALLBACK_FAILED", `${door.owner}: ${door.method} ${door.path} ended without a reply`));
}
