package peers;

import jakarta.activation.DataHandler;
import jakarta.mail.util.ByteArrayDataSource;
import jakarta.xml.ws.soap.MTOMFeature;
import java.net.URI;
import javax.xml.namespace.QName;

/** Sends bytes as its arguments say: DOCUMENT VERSION BYTES. Prints how many came back turned round. */
public final class StoreClient {
    public static void main(String[] arguments) throws Exception {
        QName port = new QName("urn:peers:store", "Port" + arguments[1].replace(".", ""));
        var store = new peers.store.StoreService(URI.create(arguments[0]).toURL()).getPort(port, peers.store.StorePort.class, new MTOMFeature(true, 0));
        byte[] content = new byte[Integer.parseInt(arguments[2])];
        for (int index = 0; index < content.length; index++) content[index] = (byte) index;
        var file = new peers.store.File();
        file.setName("a.bin");
        file.setContent(new DataHandler(new ByteArrayDataSource(content, "application/octet-stream")));
        byte[] turned = store.turn(file).getContent().getInputStream().readAllBytes();
        boolean isRight = turned.length == content.length;
        for (int index = 0; isRight && index < content.length; index++) isRight = turned[index] == content[content.length - 1 - index];
        System.out.printf("{\"bytes\":%d,\"isRight\":%s}%n", turned.length, isRight);
    }
}
