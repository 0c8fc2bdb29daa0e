// The headers of DSS-6.7.1, exactly, and who sets which.

/** Every header that the document promises on every response. */
export const promisedHeaders = {
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-XSS-Protection': '1; mode=block',
  'Strict-Transport-Security': 'max-age=15768000',
} as const;

/**
 * Attributes of the HTTPS listener: of the promised headers, the two that a load balancer can set, over what a target says ("Header
 * modification attributes" of its guide; the others are CORS, Content-Security-Policy and X-Frame-Options, which are each site's own
 * choice: DSS-6.7.2). `Referrer-Policy` and `X-XSS-Protection` come from the services behind it, and from the firewall on what it
 * refuses itself. What neither can give them: the load balancer's own errors and the refusals of managed rule groups, which have no
 * page that could be scripted or lead anywhere.
 */
export const encryptedListenerAttributes: Readonly<Record<string, string>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.strict_transport_security.header_value': promisedHeaders['Strict-Transport-Security'],
  'routing.http.response.x_content_type_options.header_value': promisedHeaders['X-Content-Type-Options'],
};

/** The plain listener only redirects. It must not send Strict-Transport-Security (RFC 6797, section 7.2). */
export const plainListenerAttributes: Readonly<Record<string, string>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.x_content_type_options.header_value': promisedHeaders['X-Content-Type-Options'],
};
