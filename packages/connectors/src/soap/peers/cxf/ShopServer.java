package peers;

import jakarta.activation.DataHandler;
import jakarta.mail.util.ByteArrayDataSource;
import jakarta.xml.ws.soap.SOAPBinding;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import javax.xml.datatype.XMLGregorianCalendar;
import org.apache.cxf.jaxws.JaxWsServerFactoryBean;
import org.apache.cxf.ws.addressing.WSAddressingFeature;

/** Services of all styles, at http://127.0.0.1:PORT/STYLE/11 and /12, until its input ends. */
public final class ShopServer {
    public static void main(String[] arguments) throws Exception {
        for (String version : List.of("11", "12")) {
            String base = "http://127.0.0.1:" + arguments[0] + "/%s/" + version;
            String binding = version.equals("11") ? SOAPBinding.SOAP11HTTP_BINDING : SOAPBinding.SOAP12HTTP_BINDING;
            publish(peers.wrapped.ShopPort.class, new Wrapped(), base.formatted("wrapped"), binding);
            publish(peers.bare.ShopPort.class, new Bare(), base.formatted("bare"), binding);
            publish(peers.rpc.ShopPort.class, new Rpc(), base.formatted("rpc"), binding);
            publish(peers.store.StorePort.class, new Store(), base.formatted("store"), binding);
        }
        System.out.println("ready");
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        System.exit(0);
    }

    private static void publish(Class<?> port, Object service, String address, String binding) {
        JaxWsServerFactoryBean factory = new JaxWsServerFactoryBean();
        factory.setServiceClass(port);
        factory.setServiceBean(service);
        factory.setAddress(address);
        factory.setBindingId(binding);
        factory.setProperties(Map.of("mtom-enabled", port == peers.store.StorePort.class, "schema-validation-enabled", "true"));
        factory.getFeatures().add(new WSAddressingFeature());
        factory.create();
    }

    public static final class Wrapped implements peers.wrapped.ShopPort {
        public peers.wrapped.ReceiptType placeOrder(String customer, List<peers.wrapped.Line> line, XMLGregorianCalendar day, String note)
                throws peers.wrapped.OutOfStockFault {
            BigDecimal total = BigDecimal.ZERO;
            for (var one : line) {
                if (one.getSku().equals("none")) {
                    var info = new peers.wrapped.OutOfStock();
                    info.setSku(one.getSku());
                    throw new peers.wrapped.OutOfStockFault("none left", info);
                }
                total = total.add(one.getPrice().multiply(BigDecimal.valueOf(one.getQuantity())));
            }
            check(customer);
            var receipt = new peers.wrapped.ReceiptType();
            receipt.setOrderId("O-" + customer);
            receipt.setTotal(total);
            receipt.setLines(line.size());
            return receipt;
        }
    }

    public static final class Bare implements peers.bare.ShopPort {
        public peers.bare.ReceiptType placeOrder(peers.bare.OrderType order) throws peers.bare.OutOfStockFault {
            BigDecimal total = BigDecimal.ZERO;
            for (var one : order.getLine()) {
                if (one.getSku().equals("none")) {
                    var info = new peers.bare.OutOfStock();
                    info.setSku(one.getSku());
                    throw new peers.bare.OutOfStockFault("none left", info);
                }
                total = total.add(one.getPrice().multiply(BigDecimal.valueOf(one.getQuantity())));
            }
            check(order.getCustomer());
            var receipt = new peers.bare.ReceiptType();
            receipt.setOrderId("O-" + order.getCustomer());
            receipt.setTotal(total);
            receipt.setLines(order.getLine().size());
            return receipt;
        }
    }

    public static final class Rpc implements peers.rpc.ShopPort {
        public peers.rpc.ReceiptType placeOrder(peers.rpc.OrderType order) throws peers.rpc.OutOfStockFault {
            BigDecimal total = BigDecimal.ZERO;
            for (var one : order.getLine()) {
                if (one.getSku().equals("none")) {
                    var info = new peers.rpc.OutOfStock();
                    info.setSku(one.getSku());
                    throw new peers.rpc.OutOfStockFault("none left", info);
                }
                total = total.add(one.getPrice().multiply(BigDecimal.valueOf(one.getQuantity())));
            }
            check(order.getCustomer());
            var receipt = new peers.rpc.ReceiptType();
            receipt.setOrderId("O-" + order.getCustomer());
            receipt.setTotal(total);
            receipt.setLines(order.getLine().size());
            return receipt;
        }
    }

    public static final class Store implements peers.store.StorePort {
        public peers.store.File turn(peers.store.File file) {
            try {
                byte[] content = file.getContent().getInputStream().readAllBytes();
                byte[] turned = new byte[content.length];
                for (int index = 0; index < content.length; index++) turned[index] = content[content.length - 1 - index];
                var reply = new peers.store.File();
                reply.setName(file.getName());
                reply.setContent(new DataHandler(new ByteArrayDataSource(turned, "application/octet-stream")));
                return reply;
            } catch (java.io.IOException cause) {
                throw new java.io.UncheckedIOException(cause);
            }
        }
    }

    private static void check(String customer) {
        if (customer.equals("broken")) throw new IllegalStateException("it broke");
    }
}
