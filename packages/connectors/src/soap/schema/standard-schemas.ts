import { XSD } from "../xml/xml-element.ts";

export const SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
export const SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";
const SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/";

const OPEN_ATTRIBUTES = '<xs:anyAttribute processContents="lax" namespace="##any"/>';
const ANYTHING = '<xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>';

/**
 * Namespaces that documents import from the places of their standards, which are not fetched. What is here are schemas of our own that say as
 * much of them as documents refer to.
 */
const STANDARD: Readonly<Record<string, string>> = {
  "http://www.w3.org/XML/1998/namespace": `
    <xs:attribute name="lang" type="xs:string"/><xs:attribute name="base" type="xs:anyURI"/><xs:attribute name="id" type="xs:ID"/>
    <xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName"><xs:enumeration value="default"/><xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>
    <xs:attributeGroup name="specialAttrs"><xs:attribute ref="t:base"/><xs:attribute ref="t:lang"/><xs:attribute ref="t:space"/><xs:attribute ref="t:id"/></xs:attributeGroup>`,
  "http://www.w3.org/2005/05/xmlmime": `
    <xs:attribute name="contentType" type="xs:string"/><xs:attribute name="expectedContentTypes" type="xs:string"/>
    <xs:complexType name="base64Binary"><xs:simpleContent><xs:extension base="xs:base64Binary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType>
    <xs:complexType name="hexBinary"><xs:simpleContent><xs:extension base="xs:hexBinary"><xs:attribute ref="t:contentType"/></xs:extension></xs:simpleContent></xs:complexType>`,
  "http://www.w3.org/2005/08/addressing": `
    <xs:complexType name="AttributedURIType"><xs:simpleContent><xs:extension base="xs:anyURI">${OPEN_ATTRIBUTES}</xs:extension></xs:simpleContent></xs:complexType>
    <xs:complexType name="RelatesToType"><xs:simpleContent><xs:extension base="xs:anyURI"><xs:attribute name="RelationshipType" type="xs:anyURI"/>${OPEN_ATTRIBUTES}</xs:extension></xs:simpleContent></xs:complexType>
    <xs:complexType name="ReferenceParametersType"><xs:sequence>${ANYTHING}</xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType>
    <xs:complexType name="MetadataType"><xs:sequence>${ANYTHING}</xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType>
    <xs:complexType name="EndpointReferenceType"><xs:sequence>
      <xs:element name="Address" type="t:AttributedURIType"/>
      <xs:element ref="t:ReferenceParameters" minOccurs="0"/><xs:element ref="t:Metadata" minOccurs="0"/>
      <xs:any namespace="##other" minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType>
    <xs:element name="EndpointReference" type="t:EndpointReferenceType"/>
    <xs:element name="ReferenceParameters" type="t:ReferenceParametersType"/><xs:element name="Metadata" type="t:MetadataType"/>
    <xs:element name="MessageID" type="t:AttributedURIType"/><xs:element name="RelatesTo" type="t:RelatesToType"/>
    <xs:element name="ReplyTo" type="t:EndpointReferenceType"/><xs:element name="From" type="t:EndpointReferenceType"/>
    <xs:element name="FaultTo" type="t:EndpointReferenceType"/><xs:element name="To" type="t:AttributedURIType"/>
    <xs:element name="Action" type="t:AttributedURIType"/>`,
  // Data sets bring their schemas along.
  [XSD]: `<xs:element name="schema"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>`,
  [SOAP_ENCODING]: `
    <xs:attribute name="arrayType" type="xs:string"/><xs:attribute name="offset" type="xs:string"/>
    <xs:attribute name="position" type="xs:string"/><xs:attribute name="root" type="xs:boolean"/>
    <xs:attributeGroup name="commonAttributes"><xs:attribute name="id" type="xs:ID"/><xs:attribute name="href" type="xs:anyURI"/>${OPEN_ATTRIBUTES}</xs:attributeGroup>
    <xs:attributeGroup name="arrayAttributes"><xs:attribute ref="t:arrayType"/><xs:attribute ref="t:offset"/></xs:attributeGroup>
    <xs:group name="Array"><xs:sequence>${ANYTHING}</xs:sequence></xs:group>
    <xs:complexType name="Array"><xs:group ref="t:Array" minOccurs="0"/><xs:attributeGroup ref="t:arrayAttributes"/><xs:attributeGroup ref="t:commonAttributes"/></xs:complexType>
    <xs:element name="Array" type="t:Array"/>
    ${"string boolean decimal float double int long short byte integer dateTime date time duration anyURI QName base64Binary hexBinary"
      .split(" ")
      .map(
        (name) =>
          `<xs:complexType name="${name}"><xs:simpleContent><xs:extension base="xs:${name}"><xs:attributeGroup ref="t:commonAttributes"/></xs:extension></xs:simpleContent></xs:complexType>`,
      )
      .join("")}
    <xs:simpleType name="base64"><xs:restriction base="xs:base64Binary"/></xs:simpleType>`,
  [SOAP_11]: envelope(
    '<xs:attribute name="mustUnderstand" type="xs:boolean"/><xs:attribute name="actor" type="xs:anyURI"/><xs:attribute name="encodingStyle" type="xs:string"/>',
  ),
  [SOAP_12]: envelope(
    '<xs:attribute name="mustUnderstand" type="xs:boolean"/><xs:attribute name="role" type="xs:anyURI"/><xs:attribute name="relay" type="xs:boolean"/><xs:attribute name="encodingStyle" type="xs:anyURI"/>',
  ),
};

/** The content of the body is checked as far as schemas of it are known. Header blocks are not, since they have attributes of SOAP that their own schemas know nothing of. */
function envelope(attributes: string): string {
  return `${attributes}
    <xs:element name="Envelope"><xs:complexType><xs:sequence>
      <xs:element name="Header" minOccurs="0"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType></xs:element>
      <xs:element name="Body"><xs:complexType><xs:sequence>${ANYTHING}</xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType></xs:element>
      <xs:any namespace="##other" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
    </xs:sequence>${OPEN_ATTRIBUTES}</xs:complexType></xs:element>`;
}

/** The text of a schema of a standard's namespace; undefined for all others. */
export function standardSchema(namespace: string): string | undefined {
  const content = Object.hasOwn(STANDARD, namespace) ? STANDARD[namespace] : undefined;
  if (content === undefined) return undefined;
  // The prefix of XML's own namespace is fixed.
  const prefix = namespace.endsWith("/XML/1998/namespace") ? "xml" : "t";
  const text = `<xs:schema xmlns:xs="${XSD}" xmlns:${prefix}="${namespace}" targetNamespace="${namespace}" elementFormDefault="qualified">${content}</xs:schema>`;
  return prefix === "t" ? text : text.replaceAll('ref="t:', 'ref="xml:');
}
