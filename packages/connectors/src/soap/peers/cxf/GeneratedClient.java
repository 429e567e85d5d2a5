package peers;

import java.net.URI;
import java.util.ArrayList;
import javax.xml.namespace.QName;

/** Calls a service whose document was made of a route's contract: DOCUMENT VERSION. Prints what came back as JSON. */
public final class GeneratedClient {
    public static void main(String[] arguments) throws Exception {
        QName port = new QName("urn:peers:generated", arguments[1].equals("1.1") ? "ShopPort" : "ShopPort12");
        var shop = new peers.generated.Shop(URI.create(arguments[0]).toURL()).getPort(port, peers.generated.ShopPortType.class);
        ShopClient.readFaults(shop);
        var lines = new ArrayList<peers.generated.Line>();
        for (Object[] one : new Object[][] {{"a", 2, 1.5}, {"b", 1, 0.25}}) {
            var line = new peers.generated.Line();
            line.setSku((String) one[0]);
            line.setQuantity((Integer) one[1]);
            line.setPrice((Double) one[2]);
            lines.add(line);
        }
        var receipt = shop.placeOrder("Ann", lines, ShopClient.day(), null);
        String order = ShopClient.receipt(receipt.getOrderId(), Double.toString(receipt.getTotal()), receipt.getLines());
        boolean isTyped = false;
        try {
            shop.placeOrder("broken", lines, ShopClient.day(), null);
        } catch (peers.generated.Problem problem) {
            isTyped = problem.getFaultInfo().getInstance() != null;
        }
        System.out.printf("{\"order\":%s,\"isTyped\":%s}%n", order, isTyped);
    }
}
