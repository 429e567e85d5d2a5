"""Calls a service as its arguments say: DOCUMENT STYLE PORT. Prints what came back as JSON."""
import datetime, decimal, json, sys
import zeep
from zeep.helpers import serialize_object

document, style, port = sys.argv[1:4]
client = zeep.Client(document)
service = client.bind(next(iter(client.wsdl.services)), port)


def place(customer, *skus):
    lines = [{"sku": sku, "quantity": quantity, "price": decimal.Decimal(price)} for sku, quantity, price in skus]
    order = {"customer": customer, "line": lines, "day": datetime.date(2026, 11, 24), "note": zeep.xsd.Nil}
    reply = service.PlaceOrder(order=order) if style == "rpc" else service.PlaceOrder(**order)
    reply = serialize_object(reply, dict)
    receipt = reply.get("receipt", reply)
    return {"orderId": receipt["orderId"], "total": str(receipt["total"]), "lines": receipt["lines"]}


def failure(customer, *skus):
    try:
        place(customer, *skus)
    except zeep.exceptions.Fault as fault:
        return fault
    raise SystemExit("expected a fault")


def skuOf(fault):
    element = next((one for one in fault.detail.iter() if one.tag.endswith("}sku")), None)
    return None if element is None else element.text


result = {"order": place("Ann", ("a", 2, "1.50"), ("b", 1, "0.25"))}
if style != "generated":
    gone = failure("Ann", ("none", 1, "1.00"))
    result["fault"] = {"sku": skuOf(gone), "reason": gone.message}
broken = failure("broken", ("a", 1, "1.00"))
result["error"] = {"isServers": any(word in str(broken.code) for word in ("Server", "Receiver")), "leaks": "secret" in str(broken.message)}
print(json.dumps(result))
