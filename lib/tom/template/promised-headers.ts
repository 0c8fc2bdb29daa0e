// The security headers of every response. (DSS-6.7.1)

/** The headers by name, with their exact values. */
export const promisedHeaders: Readonly<Record<string, string>> = {
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1; mode=block',
  'Strict-Transport-Security': 'max-age=15768000',
};

/** Attribute of a listener by which responses name the server. */
const serverHeader = 'routing.http.response.server.enabled';
/** Attributes of a listener that set a promised header ("Header modification attributes"). */
export const transportHeader = 'routing.http.response.strict_transport_security.header_value';
const contentTypeHeader = 'routing.http.response.x_content_type_options.header_value';

/** Attributes of every listener. Strict-Transport-Security must not be sent over HTTP (RFC 6797, section 7.2). */
export const plainListenerAttributes: Readonly<Record<string, string>> = { [serverHeader]: 'false', [contentTypeHeader]: 'nosniff' };
export const encryptedListenerAttributes: Readonly<Record<string, string>> = {
  ...plainListenerAttributes,
  [transportHeader]: 'max-age=15768000',
};
