import org.apache.cxf.tools.common.ToolContext;
import org.apache.cxf.tools.wsdlto.WSDLToJava;

/** Makes Java classes of documents, as a developer who uses CXF does: FOLDER, then DOCUMENT PACKAGE for each. */
class Generate {
    public static void main(String[] arguments) throws Exception {
        for (int index = 1; index < arguments.length; index += 2) {
            String[] options = {"-p", arguments[index + 1], "-d", arguments[0], arguments[index]};
            new WSDLToJava(options).run(new ToolContext(), System.err);
        }
    }
}
