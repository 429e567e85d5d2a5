import { z } from "zod";

const Line = z
  .object({ sku: z.string().min(1), quantity: z.int().positive(), price: z.number().nonnegative() })
  .meta({ title: "OrderLine" });

/** What a customer sends, by whichever door. */
export const Order = z
  .object({ id: z.string().min(1), customer: z.string().min(1), lines: z.array(Line).min(1) })
  .meta({ title: "Order", examples: [{ id: "o-1", customer: "ada", lines: [{ sku: "rope", quantity: 2, price: 9.5 }] }] });

export const Receipt = z.object({ orderId: z.string(), status: z.literal("accepted") }).meta({ title: "Receipt" });

/** What there is to know of an order: until the ERP has booked it, it has no document. */
export const OrderState = z
  .object({ ...Order.shape, total: z.number(), status: z.enum(["accepted", "booked"]), document: z.string().nullable() })
  .meta({ title: "OrderState" });

export const Lookup = z.object({ id: z.string().min(1) });

/** What the ERP answers: the order is booked as this document. */
export interface Booking {
  readonly orderId: string;
  readonly document: string;
}

export type Order = z.infer<typeof Order>;
export type OrderState = z.infer<typeof OrderState>;
