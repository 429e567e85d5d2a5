package peers;

import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.WebServiceFeature;
import jakarta.xml.ws.soap.SOAPFaultException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.xml.datatype.DatatypeFactory;
import javax.xml.datatype.XMLGregorianCalendar;
import javax.xml.namespace.QName;
import org.apache.cxf.ws.addressing.WSAddressingFeature;

/** Calls a service as its arguments say: DOCUMENT STYLE VERSION [addressing]. Prints what came back as JSON. */
public final class ShopClient {
    private interface Call {
        String place(String customer, Object[]... lines) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Call call = calls(arguments[0], arguments[1], arguments[2], arguments.length > 3);
        StringBuilder result = new StringBuilder("{\"order\":");
        result.append(call.place("Ann", new Object[] {"a", 2, "1.50"}, new Object[] {"b", 1, "0.25"}));
        if (!arguments[1].equals("generated")) {
            String[] fault = declaredFault(call);
            result.append(String.format(",\"fault\":{\"sku\":\"%s\",\"reason\":\"%s\"}", fault[0], fault[1]));
        }
        result.append(",\"error\":").append(error(call)).append('}');
        System.out.println(result);
    }

    private static Call calls(String document, String style, String version, boolean addressing) throws Exception {
        java.net.URL url = URI.create(document).toURL();
        WebServiceFeature[] features = addressing ? new WebServiceFeature[] {new WSAddressingFeature()} : new WebServiceFeature[0];
        QName port = new QName("urn:peers:" + style, "Port" + version.replace(".", ""));
        switch (style) {
            case "wrapped": {
                var shop = new peers.wrapped.ShopService(url).getPort(port, peers.wrapped.ShopPort.class, features);
                readFaults(shop);
                return (customer, lines) -> {
                    var order = new ArrayList<peers.wrapped.Line>();
                    for (Object[] one : lines) {
                        var line = new peers.wrapped.Line();
                        line.setSku((String) one[0]);
                        line.setQuantity((Integer) one[1]);
                        line.setPrice(new BigDecimal((String) one[2]));
                        order.add(line);
                    }
                    var receipt = shop.placeOrder(customer, order, day(), null);
                    return receipt(receipt.getOrderId(), receipt.getTotal().toPlainString(), receipt.getLines());
                };
            }
            case "bare": {
                var shop = new peers.bare.ShopService(url).getPort(port, peers.bare.ShopPort.class, features);
                readFaults(shop);
                return (customer, lines) -> {
                    var order = new peers.bare.OrderType();
                    order.setCustomer(customer);
                    order.setDay(day());
                    for (Object[] one : lines) {
                        var line = new peers.bare.Line();
                        line.setSku((String) one[0]);
                        line.setQuantity((Integer) one[1]);
                        line.setPrice(new BigDecimal((String) one[2]));
                        order.getLine().add(line);
                    }
                    var receipt = shop.placeOrder(order);
                    return receipt(receipt.getOrderId(), receipt.getTotal().toPlainString(), receipt.getLines());
                };
            }
            case "rpc": {
                var shop = new peers.rpc.ShopService(url).getPort(port, peers.rpc.ShopPort.class, features);
                readFaults(shop);
                return (customer, lines) -> {
                    var order = new peers.rpc.OrderType();
                    order.setCustomer(customer);
                    order.setDay(day());
                    for (Object[] one : lines) {
                        var line = new peers.rpc.Line();
                        line.setSku((String) one[0]);
                        line.setQuantity((Integer) one[1]);
                        line.setPrice(new BigDecimal((String) one[2]));
                        order.getLine().add(line);
                    }
                    var receipt = shop.placeOrder(order);
                    return receipt(receipt.getOrderId(), receipt.getTotal().toPlainString(), receipt.getLines());
                };
            }
            default:
                throw new IllegalArgumentException(style);
        }
    }

    private static String[] declaredFault(Call call) throws Exception {
        Object[] none = {"none", 1, "1.00"};
        try {
            call.place("Ann", none);
        } catch (peers.wrapped.OutOfStockFault fault) {
            return new String[] {fault.getFaultInfo().getSku(), fault.getMessage()};
        } catch (peers.bare.OutOfStockFault fault) {
            return new String[] {fault.getFaultInfo().getSku(), fault.getMessage()};
        } catch (peers.rpc.OutOfStockFault fault) {
            return new String[] {fault.getFaultInfo().getSku(), fault.getMessage()};
        }
        throw new IllegalStateException("expected a fault");
    }

    private static String error(Call call) throws Exception {
        try {
            call.place("broken", new Object[] {"a", 1, "1.00"});
        } catch (SOAPFaultException fault) {
            String code = fault.getFault().getFaultCode();
            return String.format("{\"isServers\":%s,\"leaks\":%s}", code.matches(".*(Server|Receiver)"), fault.getMessage().contains("secret"));
        }
        throw new IllegalStateException("expected a fault");
    }

    /** SOAP 1.2 answers faults of the sender with 400, which CXF takes for no SOAP unless told. */
    static void readFaults(Object port) {
        ((BindingProvider) port).getRequestContext().put("org.apache.cxf.transport.process_fault_on_http_400", true);
    }

    static String receipt(String orderId, String total, int lines) {
        return String.format("{\"orderId\":\"%s\",\"total\":\"%s\",\"lines\":%d}", orderId, total, lines);
    }

    static XMLGregorianCalendar day() throws Exception {
        return DatatypeFactory.newInstance().newXMLGregorianCalendar("2026-11-24");
    }
}
