// The headers of DSS-6.7.1, exactly, and the component that sets each.

/** Every header that the document promises on every response. */
export const promisedHeaders = {
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1; mode=block',
  'Strict-Transport-Security': 'max-age=15768000',
} as const;

/**
 * Attributes of the HTTPS listener: the two promised headers that a load balancer can set, overriding those of a
 * target ("Header modification attributes" of its guide; the others are CORS, Content-Security-Policy and
 * X-Frame-Options, which each site chooses: DSS-6.7.2). Services set `Referrer-Policy` and `X-XSS-Protection`, and the
 * firewall sets them on its own block responses. The load balancer's own errors and the block responses of managed
 * rule groups cannot have them; these responses contain no page with scripts or links.
 */
export const encryptedListenerAttributes: Readonly<Record<string, string>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.strict_transport_security.header_value': promisedHeaders['Strict-Transport-Security'],
  'routing.http.response.x_content_type_options.header_value': promisedHeaders['X-Content-Type-Options'],
};

/** The HTTP listener only redirects. It must not send Strict-Transport-Security (RFC 6797, section 7.2). */
export const plainListenerAttributes: Readonly<Record<string, string>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.x_content_type_options.header_value': promisedHeaders['X-Content-Type-Options'],
};
