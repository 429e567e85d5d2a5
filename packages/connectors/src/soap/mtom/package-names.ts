export const XOP = "http://www.w3.org/2004/08/xop/include";
export const XOP_TYPE = "application/xop+xml";
