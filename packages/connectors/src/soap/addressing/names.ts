export const ADDRESSING = "http://www.w3.org/2005/08/addressing";
export const ANONYMOUS = `${ADDRESSING}/anonymous`;
export const NONE = `${ADDRESSING}/none`;
