<?php
// Calls a service as its arguments say: DOCUMENT STYLE VERSION. Prints what came back as JSON.
[, $document, $style, $version] = $argv;
$client = new SoapClient($document, [
    "soap_version" => $version === "1.2" ? SOAP_1_2 : SOAP_1_1,
    "cache_wsdl" => WSDL_CACHE_NONE,
    "exceptions" => true,
]);

function place($client, $customer, ...$lines) {
    $order = ["customer" => $customer, "line" => array_map(fn ($line) => array_combine(["sku", "quantity", "price"], $line), $lines), "day" => "2026-11-24", "note" => null];
    $reply = $client->PlaceOrder($order);
    $receipt = $reply->receipt ?? $reply;
    return ["orderId" => $receipt->orderId, "total" => (string) (float) $receipt->total, "lines" => (int) $receipt->lines];
}

function failure($client, $customer, ...$lines) {
    try {
        place($client, $customer, ...$lines);
    } catch (SoapFault $fault) {
        return $fault;
    }
    throw new Exception("expected a fault");
}

$result = ["order" => place($client, "Ann", ["a", 2, "1.50"], ["b", 1, "0.25"])];
if ($style !== "generated") {
    $gone = failure($client, "Ann", ["none", 1, "1.00"]);
    $result["fault"] = ["sku" => $gone->detail->OutOfStock->sku ?? null, "reason" => $gone->faultstring];
}
$broken = failure($client, "broken", ["a", 1, "1.00"]);
$result["error"] = ["isServers" => (bool) preg_match("/Server|Receiver/", $broken->faultcode), "leaks" => str_contains($broken->faultstring, "secret")];
echo json_encode($result);
