<?php
// A service of PHP's SoapServer, to be run by PHP's own web server: STYLE and VERSION are in the address, the documents in DOCUMENTS.
preg_match("#^/(wrapped|bare|rpc)/(1[12])#", $_SERVER["REQUEST_URI"], $found) or exit(http_response_code(404));
[, $style, $version] = $found;

class Shop {
    public function __construct(private string $style) {}

    public function PlaceOrder($order) {
        if ($order->customer === "broken") throw new SoapFault("Server", "it broke");
        $lines = is_array($order->line) ? $order->line : [$order->line];
        $total = 0;
        foreach ($lines as $line) {
            if ($line->sku === "none") throw new SoapFault("Client", "none left", null, ["sku" => $line->sku], "outOfStock");
            $total += $line->quantity * $line->price;
        }
        $receipt = ["orderId" => "O-" . $order->customer, "total" => (string) $total, "lines" => count($lines)];
        return $this->style === "wrapped" ? ["receipt" => $receipt] : $receipt;
    }
}

$server = new SoapServer(getenv("DOCUMENTS") . "/$style.wsdl", ["cache_wsdl" => WSDL_CACHE_NONE, "soap_version" => $version === "12" ? SOAP_1_2 : SOAP_1_1]);
$server->setObject(new Shop($style));
$server->handle();
