// The header fields that let pages of other origins read an answer (Fetch standard, CORS protocol).

export type Fields = { readonly [name: string]: string };

const originPattern = /^[\x21-\x7e]{1,300}$/;

/**
 * Fields for the origin of a request; none without one. Beacons always send credentials, and browsers drop the request
 * unless its preflight allows them. No answer contains data that another origin must not read.
 */
export const originFields = (origin: string | undefined): Fields =>
  origin === undefined || !originPattern.test(origin)
    ? {}
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };

/** Fields of an answer to a request whose origin could not be read: any page may read it that sent no credentials. */
export const anyOrigin: Fields = { 'Access-Control-Allow-Origin': '*' };
